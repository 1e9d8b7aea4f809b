/** Terraform's own provider: `terraform_data`, a resource without an object behind it. */
import { ok } from '../../core/diag/diagnostic.ts';
import { invariant } from '../../core/diag/invariant.ts';
import type { ConfiguredProvider, Provider, ResourceType, Writer } from '../../core/provider.ts';
import { dataResource, terraformData } from './terraform-data.ts';

const writer: Writer = {
  perform: async (step) => ok({ ...(typeof step.arguments.id === 'string' ? { id: step.arguments.id } : {}) }),
};

const configured: ConfiguredProvider = {
  resource(type): Promise<ResourceType> {
    invariant(type === 'terraform_data', `the terraform provider has no resource type ${type}`);
    return Promise.resolve(terraformData);
  },
  dataSource(type) {
    invariant(false, `the terraform provider has no data source ${type}`);
  },
  openWriter: async () => writer,
  close: async () => {},
};

export const terraformProvider: Provider = {
  source: 'terraform.io/builtin/terraform',
  type: 'terraform',
  schema: { version: 0, description: 'Terraform itself.', attributes: {}, blocks: {} },
  resourceTypes: new Map([['terraform_data', dataResource]]),
  dataSources: new Map(),
  configure: async () => ok(configured),
};
