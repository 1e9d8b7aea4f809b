/** The built-in `hashicorp/null`. */
import type { Provider } from '../../core/provider.ts';
import { plainProvider } from '../kit/plain-provider.ts';
import { nullDataSource } from './null-data-source.ts';
import { nullResource } from './null-resource.ts';

export const nullProvider: Provider = plainProvider({
  source: 'registry.terraform.io/hashicorp/null',
  type: 'null',
  description: 'Resources and data sources without anything behind them.',
  resources: { null_resource: nullResource },
  dataSources: { null_data_source: nullDataSource },
});
