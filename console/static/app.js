/* Starts the small scripts of the console; each looks for what it serves and does nothing where that is absent. */
import { startAsking } from "./js/asking.js";
import { startCopying } from "./js/copying.js";
import { startDropping } from "./js/dropping.js";
import { startFinding } from "./js/finding.js";
import { startForms } from "./js/forms.js";
import { startFrame } from "./js/frame.js";
import { startList } from "./js/list.js";
import { startOnly } from "./js/only.js";
import { startRowValues } from "./js/row_values.js";
import { startTree } from "./js/tree.js";
import { startWidths } from "./js/widths.js";

for (const start of [startAsking, startFrame, startWidths, startCopying, startDropping, startFinding, startForms, startTree, startList, startOnly, startRowValues]) start();
