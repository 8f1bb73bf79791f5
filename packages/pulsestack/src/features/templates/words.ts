/** What the built-in layout and digests without a template say themselves; a workspace changes it by translating the same key. */
export const BUILT_IN_MESSAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ar: say(
    'إلغاء الاشتراك',
    'إعدادات الإشعارات',
    '{n, plural, zero {لا المزيد} one {وواحد آخر} two {واثنان آخران} few {و# أخرى} many {و# أخرى} other {و# أخرى}}',
    'تحديث',
    '{n, plural, zero {لا تحديثات} one {تحديث واحد} two {تحديثان} few {# تحديثات} many {# تحديثًا} other {# تحديث}}',
  ),
  cs: say(
    'Odhlásit odběr',
    'Nastavení oznámení',
    '{n, plural, one {a # další} few {a # další} other {a # dalších}}',
    'Novinka',
    '{n, plural, one {# novinka} few {# novinky} other {# novinek}}',
  ),
  de: say(
    'Abbestellen',
    'Benachrichtigungen einstellen',
    '{n, plural, one {und # weiterer Eintrag} other {und # weitere Einträge}}',
    'Neuigkeit',
    '{n, plural, one {# Neuigkeit} other {# Neuigkeiten}}',
  ),
  en: say(
    'Unsubscribe',
    'Notification settings',
    'and {n} more',
    'Update',
    '{n, plural, one {# update} other {# updates}}',
  ),
  es: say(
    'Cancelar la suscripción',
    'Ajustes de notificaciones',
    'y {n} más',
    'Novedad',
    '{n, plural, one {# novedad} other {# novedades}}',
  ),
  fr: say(
    'Se désabonner',
    'Réglages des notifications',
    '{n, plural, one {et # autre} other {et # autres}}',
    'Nouveauté',
    '{n, plural, one {# nouveauté} other {# nouveautés}}',
  ),
  he: say(
    'הסרה מהרשימה',
    'הגדרות התראות',
    '{n, plural, one {ועוד אחד} other {ועוד #}}',
    'עדכון',
    '{n, plural, one {עדכון אחד} two {שני עדכונים} other {# עדכונים}}',
  ),
  it: say(
    'Annulla l’iscrizione',
    'Impostazioni delle notifiche',
    '{n, plural, one {e un altro} other {e altri #}}',
    'Novità',
    '{n} novità',
  ),
  ja: say('配信停止', '通知設定', '他 {n} 件', 'お知らせ', 'お知らせ {n} 件'),
  nl: say('Afmelden', 'Meldingsinstellingen', 'en nog {n}', 'Update', '{n, plural, one {# update} other {# updates}}'),
  pl: say(
    'Wypisz się',
    'Ustawienia powiadomień',
    '{n, plural, one {i jeszcze #} few {i jeszcze #} other {i jeszcze #}}',
    'Nowość',
    '{n, plural, one {# nowość} few {# nowości} other {# nowości}}',
  ),
  pt: say(
    'Cancelar inscrição',
    'Configurações de notificações',
    'e mais {n}',
    'Novidade',
    '{n, plural, one {# novidade} other {# novidades}}',
  ),
  ru: say(
    'Отписаться',
    'Настройки уведомлений',
    '{n, plural, one {и ещё #} few {и ещё #} other {и ещё #}}',
    'Обновление',
    '{n, plural, one {# обновление} few {# обновления} other {# обновлений}}',
  ),
  sv: say(
    'Avregistrera',
    'Aviseringsinställningar',
    'och {n} till',
    'Uppdatering',
    '{n, plural, one {# uppdatering} other {# uppdateringar}}',
  ),
  tr: say('Abonelikten çık', 'Bildirim ayarları', 've {n} tane daha', 'Güncelleme', '{n} güncelleme'),
  uk: say(
    'Відписатися',
    'Налаштування сповіщень',
    '{n, plural, one {і ще #} few {і ще #} other {і ще #}}',
    'Оновлення',
    '{n, plural, one {# оновлення} few {# оновлення} other {# оновлень}}',
  ),
  zh: say('退订', '通知设置', '另外 {n} 条', '更新', '{n} 条更新'),
};

function say(unsubscribe: string, preferences: string, more: string, update: string, updates: string) {
  return {
    'ps.unsubscribe': unsubscribe,
    'ps.preferences': preferences,
    'ps.more': more,
    'ps.update': update,
    'ps.updates': updates,
  };
}
