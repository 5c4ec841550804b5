/** Words are kept as tables in text: a line a row, ` | ` between columns. */

export const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

export const columns = (line: string): string[] => line.split('|').map((cell) => cell.trim());

export const list = (text: string): string[] => text.split(',').map((item) => item.trim());
