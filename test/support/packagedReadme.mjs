// Answers: what of the README is shipped?

/**
 * The README as VS Code shows it beside the installed extension, which has no pictures and no other files to link to:
 * what stands between `<!-- repository only -->` and `<!-- /repository only -->` is left out.
 *
 * @param {string} readme
 * @returns {string}
 */
export function packagedReadme(readme) {
  const kept = readme
    .replace(/<!-- repository only -->[^]*?<!-- \/repository only -->/g, '')
    .replace(/\n{3,}/g, '\n\n');
  const broken = /\]\((?!https:|#)[^)]*\)|<!--/.exec(kept)?.[0];
  if (broken !== undefined) throw new Error(`${broken} of README.md would be broken in the package`);
  return kept;
}
