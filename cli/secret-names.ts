/** How secrets are called, and what stands for one in Pulumi's files. */

/** Names of parameters and variables that hold credentials. */
export const SECRET_NAME =
  /secret|token|password|passphrase|private_?key|credential|api_?key|access_?key|connection_?string|sas/i;

/** Key that marks an encrypted value in Pulumi's file formats. */
export const SEALED = "4dabf18193072939515e22adb298388d";
