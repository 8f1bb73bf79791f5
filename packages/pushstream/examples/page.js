/** What a browser needs: nothing but its own EventSource. */
export const page = `<!doctype html><title>Stories</title><ul id="list"></ul><script>
  const source = new EventSource('/events');
  source.addEventListener('story.published', (event) => {
    list.append(Object.assign(document.createElement('li'), { textContent: JSON.parse(event.data).title }));
  });
</script>`;
