/**
 * Makes a plan: loads providers, moves and refreshes the prior state, walks the configuration, and puts together what
 * was decided. Calls nothing that changes anything.
 */
import type { Configuration } from '../config/module.ts';
import { validateReferences } from '../config/validate.ts';
import { type Diagnostic, type Result, errorAt, hasErrors } from '../diag/diagnostic.ts';
import { loadFunctions } from '../eval/functions/table.ts';
import { functionNames } from '../graph/function-names.ts';
import type { WalkSettings } from '../graph/module-scope.ts';
import { ProviderUses, sourceOfProviderText } from '../graph/provider-use.ts';
import type { Provider } from '../provider.ts';
import type { State } from '../state.ts';
import type { Plan } from './plan.ts';
import { PlanWalk } from './plan-walk.ts';
import type { PlanInput, PreparedRun, RunInput } from './run-input.ts';
import { parseTargets } from './targets.ts';

export async function makePlan(input: PlanInput): Promise<Result<Plan>> {
  const diagnostics: Diagnostic[] = [];
  const prepared = await prepareRun(input, input.state, { planTime: input.planTime, pure: true }, diagnostics);
  const targets = parseTargets(input.targets, diagnostics);
  const replace = parseTargets(input.replace, diagnostics);
  if (!prepared || hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const walk = new PlanWalk(input, prepared, targets, replace);
  const plan = await walk.run();
  return { value: plan, diagnostics: [...diagnostics, ...plan.diagnostics] };
}

/**
 * Loads providers and functions, and checks references; undefined when the configuration cannot be walked.
 *
 * @param despiteReferences a validation goes on to find the other mistakes
 */
export async function prepareRun(
  input: RunInput,
  state: State | undefined,
  time: { readonly planTime: Date; readonly pure: boolean },
  diagnostics: Diagnostic[],
  despiteReferences = false,
): Promise<PreparedRun | undefined> {
  const { configuration } = input;
  const uses = new ProviderUses(configuration, (name) => input.providers.defaultSource(name));
  const providers = await loadProviders(input, uses, state, diagnostics);
  if (hasErrors(diagnostics)) return undefined;
  diagnostics.push(
    ...validateReferences(configuration, {
      resource: (mode, source, type) => {
        const provider = providers.get(source);
        return mode === 'data' ? provider?.dataSources.get(type) : provider?.resourceTypes.get(type)?.schema;
      },
      provider: (source) => providers.get(source)?.schema,
      defaultSource: (name) => input.providers.defaultSource(name),
    }),
  );
  diagnostics.push(...unsupportedProvisioners(configuration));
  if (hasErrors(diagnostics) && !despiteReferences) return undefined;
  const functions = await loadFunctions(functionNames(configuration));
  const { workingDirectory, workspace, homeDirectory } = input;
  const settings: WalkSettings = {
    functions,
    context: { baseDirectory: workingDirectory, homeDirectory, planTime: time.planTime, pure: time.pure },
    workspace,
    workingDirectory,
    rootDirectory: configuration.root.directory,
  };
  return { uses, providers, settings };
}

async function loadProviders(
  input: RunInput,
  uses: ProviderUses,
  state: State | undefined,
  diagnostics: Diagnostic[],
): Promise<Map<string, Provider>> {
  const providers = new Map<string, Provider>();
  const wanted = new Map<string, Diagnostic['subject']>();
  for (const use of uses.all()) if (!wanted.has(use.source)) wanted.set(use.source, use.config?.range);
  for (const module of input.configuration.modules.values()) {
    for (const resource of module.resources.values()) {
      const { source } = uses.forResource(module, resource);
      wanted.set(source, wanted.get(source) ?? resource.range);
    }
  }
  for (const resource of state?.resources ?? []) {
    const source = sourceOfProviderText(resource.provider);
    if (source !== undefined && resource.mode === 'managed' && !wanted.has(source)) wanted.set(source, undefined);
  }
  for (const [source, subject] of wanted) {
    const provider = await input.providers.load(source);
    if (provider) providers.set(source, provider);
    else diagnostics.push(missingProvider(source, subject));
  }
  return providers;
}

/** Refused before anything is done, not when an object stands there half made. */
function unsupportedProvisioners(configuration: Configuration): Diagnostic[] {
  return [...configuration.modules.values()].flatMap((module) =>
    [...module.resources.values()].flatMap((resource) =>
      resource.provisioners
        .filter(({ type }) => type !== 'local-exec')
        .map(({ type, range }) =>
          errorAt(
            range,
            'Provisioner not supported',
            `Stowage runs local-exec provisioners only, but this is a "${type}" one. Do its work in the image, with an upload block, or with local-exec.`,
          ),
        ),
    ),
  );
}

function missingProvider(source: string, subject: Diagnostic['subject']): Diagnostic {
  return errorAt(
    subject,
    'Provider not available',
    `Nothing here implements the provider ${source}. Stowage has its providers built in and downloads none; "stowage providers" lists them. Check the source in required_providers, or remove what uses it.`,
  );
}
