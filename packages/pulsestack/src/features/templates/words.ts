/** What the built-in layout says itself; a workspace changes it by translating the same key. */
export const BUILT_IN_MESSAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ar: say(
    'إلغاء الاشتراك',
    'إعدادات الإشعارات',
    '{n, plural, zero {لا المزيد} one {وواحد آخر} two {واثنان آخران} few {و# أخرى} many {و# أخرى} other {و# أخرى}}',
  ),
  cs: say('Odhlásit odběr', 'Nastavení oznámení', '{n, plural, one {a # další} few {a # další} other {a # dalších}}'),
  de: say(
    'Abbestellen',
    'Benachrichtigungen einstellen',
    '{n, plural, one {und # weiterer Eintrag} other {und # weitere Einträge}}',
  ),
  en: say('Unsubscribe', 'Notification settings', 'and {n} more'),
  es: say('Cancelar la suscripción', 'Ajustes de notificaciones', 'y {n} más'),
  fr: say('Se désabonner', 'Réglages des notifications', '{n, plural, one {et # autre} other {et # autres}}'),
  he: say('הסרה מהרשימה', 'הגדרות התראות', '{n, plural, one {ועוד אחד} other {ועוד #}}'),
  it: say('Annulla l’iscrizione', 'Impostazioni delle notifiche', '{n, plural, one {e un altro} other {e altri #}}'),
  ja: say('配信停止', '通知設定', '他 {n} 件'),
  nl: say('Afmelden', 'Meldingsinstellingen', 'en nog {n}'),
  pl: say(
    'Wypisz się',
    'Ustawienia powiadomień',
    '{n, plural, one {i jeszcze #} few {i jeszcze #} other {i jeszcze #}}',
  ),
  pt: say('Cancelar inscrição', 'Configurações de notificações', 'e mais {n}'),
  ru: say('Отписаться', 'Настройки уведомлений', '{n, plural, one {и ещё #} few {и ещё #} other {и ещё #}}'),
  sv: say('Avregistrera', 'Aviseringsinställningar', 'och {n} till'),
  tr: say('Abonelikten çık', 'Bildirim ayarları', 've {n} tane daha'),
  uk: say('Відписатися', 'Налаштування сповіщень', '{n, plural, one {і ще #} few {і ще #} other {і ще #}}'),
  zh: say('退订', '通知设置', '另外 {n} 条'),
};

function say(unsubscribe: string, preferences: string, more: string) {
  return { 'ps.unsubscribe': unsubscribe, 'ps.preferences': preferences, 'ps.more': more };
}
