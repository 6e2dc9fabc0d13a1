/** The languages that the server indexes, by VS Code's identifiers; the extension starts with the first of them. */
export const LANGUAGES = [
  'python',
  'javascript',
  'javascriptreact',
  'typescript',
  'typescriptreact',
  'go',
  'rust',
  'java',
  'c',
  'cpp',
  'csharp',
  'ruby',
  'php',
  'shellscript',
  'markdown',
  'restructuredtext',
] as const;

/** Which documents the server is told about: files on disk, in one of its languages. */
export const DOCUMENTS = LANGUAGES.map((language) => ({ scheme: 'file', language }));
