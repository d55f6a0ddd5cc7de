/** Which service lives where on the emulator's port. */
import type { Service } from "./app.ts";
import { capillaryRoutes } from "./capillary/routes.ts";
import { catalogRoutes } from "./catalog/routes.ts";
import { exportRoutes } from "./data-plane/diagnostics.ts";
import { dataPrepRoutes } from "./data-prep/routes.ts";
import { flowServiceRoutes } from "./flow-service/routes.ts";
import { imsRoutes } from "./ims.ts";
import { inletRoutes } from "./inlet.ts";
import { sandboxRoutes } from "./sandboxes.ts";
import { schemaRegistryRoutes } from "./schema-registry/routes.ts";

export const SERVICES: Service[] = [
  { prefix: "/ims", routes: imsRoutes },
  { prefix: "/data/foundation/sandbox-management", routes: sandboxRoutes },
  { prefix: "/data/foundation/schemaregistry", routes: schemaRegistryRoutes },
  { prefix: "/data/foundation/catalog", routes: catalogRoutes },
  { prefix: "/data/foundation/flowservice", routes: flowServiceRoutes },
  { prefix: "/data/foundation/conversion", routes: dataPrepRoutes },
  { prefix: "/data/foundation/export", routes: exportRoutes },
  { prefix: "/collection", routes: inletRoutes },
  { prefix: "/capillary", routes: capillaryRoutes },
];
