// Runs before the first paint, so that a chosen theme never flashes the other one. A file of its own because the page allows no inline scripts.
(() => {
  try {
    const theme = localStorage.getItem('pulsestack.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be switched off; then the system decides.
  }
})();
