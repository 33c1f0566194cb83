// That what is asked of ours holds of Apache's servers.
import { apache } from '../ensembles.ts';
import { describeClients } from './claims.ts';

describeClients(apache);
