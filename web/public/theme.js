// Sets the theme before anything is painted, so that no page flashes. The choice is made in web/src/app/theme.ts.
(function () {
  let chosen = 'system';
  try {
    chosen = localStorage.getItem('tutti.theme') || 'system';
  } catch {
    // A browser without storage follows the system.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && !matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
