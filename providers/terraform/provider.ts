/** Terraform's own provider: `terraform_data`, a resource without an object behind it, and the outputs of other states. */
import { ok } from '../../core/diag/diagnostic.ts';
import { invariant } from '../../core/diag/invariant.ts';
import type {
  ConfigureContext,
  ConfiguredProvider,
  DataSource,
  Provider,
  ResourceType,
  Writer,
} from '../../core/provider.ts';
import { remoteState, remoteStateSchema } from './remote-state.ts';
import { dataResource, terraformData } from './terraform-data.ts';

const writer: Writer = {
  perform: async (step) => ok({ ...(typeof step.arguments.id === 'string' ? { id: step.arguments.id } : {}) }),
};

function configured(context: ConfigureContext): ConfiguredProvider {
  return {
    resource(type): Promise<ResourceType> {
      invariant(type === 'terraform_data', `the terraform provider has no resource type ${type}`);
      return Promise.resolve(terraformData);
    },
    dataSource(type): Promise<DataSource> {
      invariant(type === 'terraform_remote_state', `the terraform provider has no data source ${type}`);
      return Promise.resolve(remoteState(context));
    },
    openWriter: async () => writer,
    close: async () => {},
  };
}

export const terraformProvider: Provider = {
  source: 'terraform.io/builtin/terraform',
  type: 'terraform',
  schema: { version: 0, description: 'Terraform itself.', attributes: {}, blocks: {} },
  resourceTypes: new Map([['terraform_data', dataResource]]),
  dataSources: new Map([['terraform_remote_state', remoteStateSchema]]),
  configure: async (_, context) => ok(configured(context)),
};
