/** One difference as a sentence about the place it concerns. */
export function ChangeText({ path, sentence }: { path: string; sentence: string }) {
  return (
    <>
      {path === '' ? 'The data' : <code className="break-words text-n12">{path.slice(1)}</code>} {sentence}
    </>
  );
}
