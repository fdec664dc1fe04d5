import { testProperties } from "../fuzz/test_properties.ts";
import { crowdProperties } from "./crowd_properties.ts";

testProperties(crowdProperties);
