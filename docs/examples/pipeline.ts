/** The components. docs/resources.md shows the part between the marks; a test applies the whole to the emulator. */
import { CapillaryToAep, XdmModel } from "pulumi-aep";

const sandbox = "dev";

// example: XdmModel
const xdm = new XdmModel("xdm", {
  sandbox,
  tenantId: "acme",
  profileSchemas: ["xdm/capillary-loyalty-profile.yaml"],
});
const dataset = xdm.dataset("xdm/capillary-loyalty-profile.yaml", { name: "Loyalty profiles", profile: true });
// end

// example: CapillaryToAep
const capillary = new CapillaryToAep("capillary", {
  sandbox,
  tenantId: "acme",
  mode: "httpStreaming",
  xdm, // shared: the dataset of this name is the one above
  flows: [
    {
      name: "profile",
      schema: "xdm/capillary-loyalty-profile.yaml",
      mapping: "mappings/capillary-profile.yaml",
      dataset: { name: "Loyalty profiles", profile: true },
    },
  ],
});
// end

export const datasetId = dataset.id;
export const inletUrl = capillary.inletOf("profile");
