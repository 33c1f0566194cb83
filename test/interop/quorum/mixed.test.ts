import { claimsOfQuorum } from './mixed-claims.ts';

claimsOfQuorum(['apache', 'ours', 'apache']);
