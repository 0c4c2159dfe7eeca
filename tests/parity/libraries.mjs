// The libraries that `npm run parity` compares with: the script of each is libraries/NAME.py.

export const libraries = [
  {
    name: "fuxictr",
    title: "FuxiCTR",
    version: "2.3.10",
    repository: "https://github.com/reczoo/FuxiCTR",
    /** As `dinc import --from` calls it. */
    from: "fuxictr",
    /** Its models are not in its package. */
    needsSource: true,
    install: (folder) =>
      `python -m venv ${folder} && ${folder}/bin/pip install fuxictr==2.3.10 torch && git clone https://github.com/reczoo/FuxiCTR ${folder}/source`,
  },
];
