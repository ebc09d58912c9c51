/* Files of a draft are attached as soon as they are chosen: how far that is and what was not taken stands beside them. */
import { announce } from "./toasts.js";

export function startAttaching() {
  for (const place of document.querySelectorAll("[data-upload]")) start(place);
}

function start(place) {
  const input = place.querySelector("input[type=file]");
  const note = place.querySelector("[data-upload-progress]");
  let sending = false;
  let submitter = null;
  input.form.addEventListener("submit", (event) => {
    // Sent while its files are on the way, they would come twice: it waits for them.
    if (!sending) return;
    event.preventDefault();
    submitter = event.submitter;
  });
  input.addEventListener("change", () => {
    if (!input.files.length || sending) return;
    sending = true;
    const failed = (words) => {
      sending = false;
      note.textContent = words;
    };
    const call = new XMLHttpRequest();
    call.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) note.textContent = `${place.dataset.uploading}: ${Math.round((100 * event.loaded) / event.total)} %`;
    });
    call.addEventListener("load", () => {
      const page = new DOMParser().parseFromString(call.responseText, "text/html");
      // Anything but this page, such as that of signing in: the files stay chosen and go along with "Submit".
      if (call.status >= 400 || !page.querySelector("[data-upload]")) return failed(document.body.dataset.trouble);
      show(page, submitter);
    });
    call.addEventListener("error", () => failed(document.body.dataset.offline));
    call.open("POST", place.dataset.upload);
    call.send(files(input));
  });
}

function files(input) {
  const body = new FormData();
  body.append("csrf_token", document.querySelector('meta[name="csrf-token"]').content);
  for (const file of input.files) body.append("file", file);
  return body;
}

/** The page with the files that were taken; what is said of the others stands at the field. */
function show(page, submitter) {
  document.getElementById("main").replaceWith(page.getElementById("main"));
  startAttaching();
  const field = document.querySelector("[data-upload]");
  const refused = [...document.querySelectorAll("#main > .notice-danger")];
  field.querySelector(".attach-row").before(...refused);
  field.querySelector("input[type=file]").focus();
  announce([...document.querySelectorAll("#files li a, #files .notice-danger span")].map((line) => line.textContent.trim()).join(". "));
  if (submitter && !submitter.hasAttribute("formaction") && !refused.length) document.getElementById(submitter.form.id).requestSubmit();
}
