/** The module that Home Assistant loads for the panel. */

import { AnchorList } from "./anchor-list.ts";
import { name } from "./elements.ts";
import { LogState } from "./log-state.ts";
import { Panel } from "./panel.ts";
import { ReadingSearch } from "./reading-search.ts";

name("iot-blockchain-log-state", LogState);
name("iot-blockchain-anchor-list", AnchorList);
name("iot-blockchain-reading-search", ReadingSearch);
name("iot-blockchain-panel", Panel);
