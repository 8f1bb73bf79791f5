/** A fenced block of code in a page. */
export interface Block {
  page: string;
  line: number;
  language: string;
  /** `run`: executed by the tests. `check`: compiled only. None: for reading. */
  mark: 'run' | 'check' | 'none';
  code: string;
}

/** Finds the code blocks of a Markdown page. What a block is for stands behind its language: ```bash run */
export function findBlocks(page: string, text: string): Block[] {
  const fences = text.matchAll(/^```(\w*) ?(.*)\n([^]*?)^```$/gm);
  return [...fences].map(({ 1: language = '', 2: mark = '', 3: code = '', index }) => {
    const line = text.slice(0, index).split('\n').length;
    if (!['', 'run', 'check'].includes(mark))
      throw new Error(`${page}:${line}: a block is marked run, check or not at all, not "${mark}"`);
    return { page, line, language, mark: (mark || 'none') as Block['mark'], code };
  });
}
