import { served } from '../ensembles.ts';
import { describeClients } from './claims.ts';

describeClients(served);
