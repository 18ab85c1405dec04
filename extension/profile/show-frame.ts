/** Shows a function (its number in the active profile) in the view. For our own links only. */
export const showFrameCommand = "hangscope.showFrame";
