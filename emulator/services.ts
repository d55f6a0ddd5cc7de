/** Which service lives where on the emulator's port. */
import type { Service } from "./app.ts";
import { capillaryGuard, capillaryRoutes } from "./capillary/routes.ts";
import { catalogRoutes } from "./catalog/routes.ts";
import { exportRoutes } from "./data-plane/diagnostics.ts";
import { dataPrepRoutes } from "./data-prep/routes.ts";
import { flowServiceRoutes, transitionsEnded } from "./flow-service/routes.ts";
import { imsRoutes } from "./ims.ts";
import { INLET_LIMIT, inletRoutes } from "./inlet.ts";
import { sandboxRoutes } from "./sandboxes.ts";
import { schemaRegistryRoutes } from "./schema-registry/routes.ts";

export const SERVICES: Service[] = [
  { prefix: "/ims", routes: imsRoutes },
  { prefix: "/data/foundation/sandbox-management", routes: sandboxRoutes },
  { prefix: "/data/foundation/schemaregistry", routes: schemaRegistryRoutes },
  { prefix: "/data/foundation/catalog", routes: catalogRoutes },
  { prefix: "/data/foundation/flowservice", routes: flowServiceRoutes, guard: transitionsEnded, usesLanguage: true },
  { prefix: "/data/foundation/conversion", routes: dataPrepRoutes, usesLanguage: true },
  { prefix: "/data/foundation/export", routes: exportRoutes },
  { prefix: "/collection", routes: inletRoutes, bodyLimit: INLET_LIMIT, usesLanguage: true },
  { prefix: "/capillary", routes: capillaryRoutes, guard: capillaryGuard },
];
