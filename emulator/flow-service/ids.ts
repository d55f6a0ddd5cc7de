/** Ids of the Flow Service that Adobe's documents fix. */

/** Connection specs. */
export const DATA_LAKE = "c604ff05-7f1a-43c0-8e18-33bf874cb11c";
export const HTTP_API = "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb";
export const CAPILLARY = "6360f136-5980-4111-8bdf-15d29eab3b5a";
export const SFTP = "b7bf2577-4520-42c9-bae9-cad01560f7bc";

/** Flow specs. */
export const REST_TO_AEP = "6499120c-0b15-42dc-936e-847ea3c24d72";
export const GENERIC_STREAMING = "e77fde5a-22a8-11ed-861d-0242ac120002";
export const HTTP_WITH_MAPPING = "c1a19761-d2c7-4702-b9fa-fe91f0613e81";
export const HTTP_WITHOUT_MAPPING = "d8a6f005-7eaf-4153-983e-e8574508b877";
export const CLOUD_STORAGE = "9753525b-82c7-4dce-8a9b-5ccfce2b9876";

/** Providers: streaming sources and batch sources. */
export const STREAMING_PROVIDER = "521eee4d-8cbe-4906-bb48-fb6bd4450033";
export const BATCH_PROVIDER = "0ed90a81-07f4-4586-8190-b40eccef1c5a";

/** Source specs whose data arrives at an inlet. */
export const STREAMING_SOURCES: ReadonlySet<string> = new Set([HTTP_API, CAPILLARY]);
