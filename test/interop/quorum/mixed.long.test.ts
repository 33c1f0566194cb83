import { claimsOfObservers, claimsOfQuorum } from './mixed-claims.ts';

claimsOfQuorum(['ours', 'apache', 'ours']);
claimsOfObservers();
