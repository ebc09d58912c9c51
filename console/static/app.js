/* Starts the small scripts of the console; each looks for what it serves and does nothing where that is absent. */
import { startFragments } from "./js/fragments.js";
import { startCopy } from "./js/copy.js";
import { startFileDrop } from "./js/file_drop.js";
import { startDepartmentSearch } from "./js/department_search.js";
import { startForms } from "./js/forms.js";
import { startFormErrors } from "./js/form_errors.js";
import { startFrame } from "./js/frame.js";
import { startList } from "./js/list.js";
import { startDependentFields } from "./js/dependent_fields.js";
import { startRowValues } from "./js/row_values.js";
import { startKeptForms } from "./js/kept_forms.js";
import { startKeptSelection } from "./js/selection_kept.js";
import { startAttaching } from "./js/attaching.js";
import { startSessionEnd } from "./js/session_end.js";
import { startTree } from "./js/tree.js";
import { startWidths } from "./js/widths.js";

for (const start of [startFragments, startFrame, startWidths, startCopy, startFileDrop, startDepartmentSearch, startForms, startFormErrors, startTree, startList, startDependentFields, startRowValues, startKeptForms, startSessionEnd, startAttaching, startKeptSelection]) start();
