import { testProperties } from "../fuzz/test_properties.ts";
import { intervalProperties } from "./interval_properties.ts";

testProperties(intervalProperties);
