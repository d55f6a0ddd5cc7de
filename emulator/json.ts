/** What passes through the emulator as data. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
// biome-ignore lint/suspicious/noExplicitAny: stored bodies are the API's own free-form JSON
export type Entity = Record<string, any>;
