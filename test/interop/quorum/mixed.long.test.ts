import { claimsOfCrashes, claimsOfObservers, claimsOfQuorum } from './mixed-claims.ts';

claimsOfQuorum(['ours', 'apache', 'ours']);
claimsOfObservers();
claimsOfCrashes(['apache', 'ours', 'apache']);
claimsOfCrashes(['ours', 'apache', 'ours']);
