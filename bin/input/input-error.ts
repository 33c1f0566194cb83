/** Bad input: its message is all the user needs to see. Exit code 2. */
export class InputError extends Error {}
