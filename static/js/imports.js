// A file that is too large is said to be so before it is sent.
document.querySelectorAll("input[type=file][data-largest]").forEach((input) => {
  input.addEventListener("change", () => {
    const file = input.files[0];
    input.setCustomValidity(file && file.size > Number(input.dataset.largest) ? input.dataset.tooLarge : "");
    input.reportValidity();
  });
});
