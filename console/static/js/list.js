/* Written with the list page. */

export function startList() {}
