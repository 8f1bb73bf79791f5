import type { Channel, QuietMode } from '@pulsestack/core';

/** Everything the preference page says, in one language. */
export interface Words {
  lang: string;
  dir: 'ltr' | 'rtl';
  title: string;
  intro: string;
  channels: Record<Channel, string>;
  alwaysOn: string;
  alwaysOff: string;
  frequency: string;
  cadences: Record<'instant' | 'hourly' | 'daily' | 'weekly', string>;
  at: string;
  on: string;
  /** Monday first. */
  weekdays: readonly string[];
  pause: string;
  pauses: Record<'none' | 'day' | 'week' | 'month', string>;
  pausedUntil: (date: string) => string;
  consent: string;
  quietHours: string;
  quietHoursHelp: (zone: string) => string;
  from: string;
  until: string;
  modes: Record<QuietMode, string>;
  severalWindows: string;
  everything: string;
  everythingOff: string;
  save: string;
  saved: string;
  badForm: string;
  linkOver: string;
  linkOverHelp: string;
  stopTitle: (category: string) => string;
  stopHelp: (channel: string) => string;
  stopCategory: (category: string) => string;
  stopAll: (channel: string) => string;
  stopSnooze: string;
  stopDigest: string;
  manage: string;
  stopped: (category: string) => string;
  stoppedAll: (channel: string) => string;
  snoozed: string;
  digested: string;
  mandatory: (category: string) => string;
}

const en: Words = {
  lang: 'en',
  dir: 'ltr',
  title: 'Your notifications',
  intro: 'Choose what reaches you, and how.',
  channels: {
    in_app: 'Inbox',
    email: 'E-mail',
    sms: 'SMS',
    push: 'Push',
    whatsapp: 'WhatsApp',
    chat: 'Chat',
    webhook: 'Webhook',
  },
  alwaysOn: 'always on',
  alwaysOff: 'not available',
  frequency: 'How often',
  cadences: { instant: 'At once', hourly: 'Every hour', daily: 'Every day', weekly: 'Every week' },
  at: 'at',
  on: 'on',
  weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  pause: 'Pause',
  pauses: { none: 'No', day: 'For a day', week: 'For a week', month: 'For a month' },
  pausedUntil: (date) => `Until ${date}`,
  consent: 'I agree to receive these messages',
  quietHours: 'Quiet hours',
  quietHoursHelp: (zone) => `By the clock of ${zone}.`,
  from: 'From',
  until: 'to',
  modes: { hold: 'Messages wait', drop: 'Messages are dropped', in_app_only: 'Only the inbox receives' },
  severalWindows: 'You have several quiet hours; change them in the app.',
  everything: 'Everything',
  everythingOff: 'Turn everything off that is not chosen in particular',
  save: 'Save',
  saved: 'Saved.',
  badForm: 'That could not be saved. Please try again.',
  linkOver: 'This link does not work any more',
  linkOverHelp: 'Use the link of a newer message.',
  stopTitle: (category) => `Stop “${category}”?`,
  stopHelp: (channel) => `You are about to change what you get by ${channel}.`,
  stopCategory: (category) => `Stop “${category}”`,
  stopAll: (channel) => `Stop everything by ${channel}`,
  stopSnooze: 'Pause it for a month',
  stopDigest: 'Only once a week, as a summary',
  manage: 'All preferences',
  stopped: (category) => `Done. You will get no more “${category}”.`,
  stoppedAll: (channel) => `Done. You will get nothing more by ${channel}.`,
  snoozed: 'Done. It is paused for a month.',
  digested: 'Done. You will get a summary once a week.',
  mandatory: (category) => `“${category}” is necessary for your account and cannot be turned off.`,
};

const de: Words = {
  lang: 'de',
  dir: 'ltr',
  title: 'Ihre Benachrichtigungen',
  intro: 'Bestimmen Sie, was Sie erreicht, und wie.',
  channels: {
    in_app: 'Posteingang',
    email: 'E-Mail',
    sms: 'SMS',
    push: 'Push',
    whatsapp: 'WhatsApp',
    chat: 'Chat',
    webhook: 'Webhook',
  },
  alwaysOn: 'immer an',
  alwaysOff: 'nicht verfügbar',
  frequency: 'Wie oft',
  cadences: { instant: 'Sofort', hourly: 'Stündlich', daily: 'Täglich', weekly: 'Wöchentlich' },
  at: 'um',
  on: 'am',
  weekdays: ['Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag', 'Sonntag'],
  pause: 'Pause',
  pauses: { none: 'Keine', day: 'Einen Tag', week: 'Eine Woche', month: 'Einen Monat' },
  pausedUntil: (date) => `Bis ${date}`,
  consent: 'Ich möchte diese Nachrichten erhalten',
  quietHours: 'Ruhezeiten',
  quietHoursHelp: (zone) => `Nach der Uhr von ${zone}.`,
  from: 'Von',
  until: 'bis',
  modes: { hold: 'Nachrichten warten', drop: 'Nachrichten entfallen', in_app_only: 'Nur der Posteingang empfängt' },
  severalWindows: 'Sie haben mehrere Ruhezeiten; ändern Sie diese in der Anwendung.',
  everything: 'Alles',
  everythingOff: 'Alles abschalten, was nicht eigens gewählt ist',
  save: 'Speichern',
  saved: 'Gespeichert.',
  badForm: 'Das ließ sich nicht speichern. Bitte versuchen Sie es noch einmal.',
  linkOver: 'Dieser Link gilt nicht mehr',
  linkOverHelp: 'Verwenden Sie den Link einer neueren Nachricht.',
  stopTitle: (category) => `„${category}“ abbestellen?`,
  stopHelp: (channel) => `Sie ändern, was Sie über ${channel} erhalten.`,
  stopCategory: (category) => `„${category}“ abbestellen`,
  stopAll: (channel) => `Alles über ${channel} abbestellen`,
  stopSnooze: 'Einen Monat pausieren',
  stopDigest: 'Nur einmal pro Woche, als Zusammenfassung',
  manage: 'Alle Einstellungen',
  stopped: (category) => `Erledigt. Sie erhalten „${category}“ nicht mehr.`,
  stoppedAll: (channel) => `Erledigt. Sie erhalten nichts mehr über ${channel}.`,
  snoozed: 'Erledigt. Es pausiert einen Monat lang.',
  digested: 'Erledigt. Sie erhalten einmal pro Woche eine Zusammenfassung.',
  mandatory: (category) => `„${category}“ ist für Ihr Konto notwendig und lässt sich nicht abschalten.`,
};

const fr: Words = {
  lang: 'fr',
  dir: 'ltr',
  title: 'Vos notifications',
  intro: 'Choisissez ce que vous recevez, et comment.',
  channels: {
    in_app: 'Boîte de réception',
    email: 'E-mail',
    sms: 'SMS',
    push: 'Push',
    whatsapp: 'WhatsApp',
    chat: 'Chat',
    webhook: 'Webhook',
  },
  alwaysOn: 'toujours actif',
  alwaysOff: 'non disponible',
  frequency: 'Fréquence',
  cadences: { instant: 'Immédiatement', hourly: 'Toutes les heures', daily: 'Chaque jour', weekly: 'Chaque semaine' },
  at: 'à',
  on: 'le',
  weekdays: ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'],
  pause: 'Pause',
  pauses: { none: 'Non', day: 'Un jour', week: 'Une semaine', month: 'Un mois' },
  pausedUntil: (date) => `Jusqu’au ${date}`,
  consent: 'J’accepte de recevoir ces messages',
  quietHours: 'Heures de silence',
  quietHoursHelp: (zone) => `À l’heure de ${zone}.`,
  from: 'De',
  until: 'à',
  modes: {
    hold: 'Les messages attendent',
    drop: 'Les messages sont abandonnés',
    in_app_only: 'Seule la boîte de réception reçoit',
  },
  severalWindows: 'Vous avez plusieurs heures de silence ; modifiez-les dans l’application.',
  everything: 'Tout',
  everythingOff: 'Tout désactiver sauf ce qui est choisi en particulier',
  save: 'Enregistrer',
  saved: 'Enregistré.',
  badForm: 'L’enregistrement a échoué. Veuillez réessayer.',
  linkOver: 'Ce lien ne fonctionne plus',
  linkOverHelp: 'Utilisez le lien d’un message plus récent.',
  stopTitle: (category) => `Ne plus recevoir « ${category} » ?`,
  stopHelp: (channel) => `Vous modifiez ce que vous recevez par ${channel}.`,
  stopCategory: (category) => `Ne plus recevoir « ${category} »`,
  stopAll: (channel) => `Ne plus rien recevoir par ${channel}`,
  stopSnooze: 'Faire une pause d’un mois',
  stopDigest: 'Une fois par semaine seulement, en résumé',
  manage: 'Toutes les préférences',
  stopped: (category) => `C’est fait. Vous ne recevrez plus « ${category} ».`,
  stoppedAll: (channel) => `C’est fait. Vous ne recevrez plus rien par ${channel}.`,
  snoozed: 'C’est fait. La pause dure un mois.',
  digested: 'C’est fait. Vous recevrez un résumé par semaine.',
  mandatory: (category) => `« ${category} » est nécessaire à votre compte et ne peut pas être désactivé.`,
};

const es: Words = {
  lang: 'es',
  dir: 'ltr',
  title: 'Sus notificaciones',
  intro: 'Elija qué le llega y cómo.',
  channels: {
    in_app: 'Bandeja de entrada',
    email: 'Correo electrónico',
    sms: 'SMS',
    push: 'Push',
    whatsapp: 'WhatsApp',
    chat: 'Chat',
    webhook: 'Webhook',
  },
  alwaysOn: 'siempre activo',
  alwaysOff: 'no disponible',
  frequency: 'Frecuencia',
  cadences: { instant: 'Al instante', hourly: 'Cada hora', daily: 'Cada día', weekly: 'Cada semana' },
  at: 'a las',
  on: 'el',
  weekdays: ['lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado', 'domingo'],
  pause: 'Pausa',
  pauses: { none: 'No', day: 'Un día', week: 'Una semana', month: 'Un mes' },
  pausedUntil: (date) => `Hasta el ${date}`,
  consent: 'Acepto recibir estos mensajes',
  quietHours: 'Horas de silencio',
  quietHoursHelp: (zone) => `Según la hora de ${zone}.`,
  from: 'De',
  until: 'a',
  modes: {
    hold: 'Los mensajes esperan',
    drop: 'Los mensajes se descartan',
    in_app_only: 'Solo recibe la bandeja de entrada',
  },
  severalWindows: 'Tiene varias horas de silencio; cámbielas en la aplicación.',
  everything: 'Todo',
  everythingOff: 'Desactivar todo lo que no esté elegido en particular',
  save: 'Guardar',
  saved: 'Guardado.',
  badForm: 'No se pudo guardar. Inténtelo de nuevo.',
  linkOver: 'Este enlace ya no funciona',
  linkOverHelp: 'Use el enlace de un mensaje más reciente.',
  stopTitle: (category) => `¿Dejar de recibir «${category}»?`,
  stopHelp: (channel) => `Va a cambiar lo que recibe por ${channel}.`,
  stopCategory: (category) => `Dejar de recibir «${category}»`,
  stopAll: (channel) => `No recibir nada más por ${channel}`,
  stopSnooze: 'Pausar durante un mes',
  stopDigest: 'Solo una vez por semana, como resumen',
  manage: 'Todas las preferencias',
  stopped: (category) => `Hecho. No recibirá más «${category}».`,
  stoppedAll: (channel) => `Hecho. No recibirá nada más por ${channel}.`,
  snoozed: 'Hecho. La pausa dura un mes.',
  digested: 'Hecho. Recibirá un resumen una vez por semana.',
  mandatory: (category) => `«${category}» es necesario para su cuenta y no se puede desactivar.`,
};

const ar: Words = {
  lang: 'ar',
  dir: 'rtl',
  title: 'إشعاراتك',
  intro: 'اختر ما يصلك وكيف يصلك.',
  channels: {
    in_app: 'صندوق الوارد',
    email: 'البريد الإلكتروني',
    sms: 'الرسائل القصيرة',
    push: 'الإشعارات الفورية',
    whatsapp: 'واتساب',
    chat: 'الدردشة',
    webhook: 'Webhook',
  },
  alwaysOn: 'مفعّل دائمًا',
  alwaysOff: 'غير متاح',
  frequency: 'كم مرة',
  cadences: { instant: 'فورًا', hourly: 'كل ساعة', daily: 'كل يوم', weekly: 'كل أسبوع' },
  at: 'الساعة',
  on: 'يوم',
  weekdays: ['الاثنين', 'الثلاثاء', 'الأربعاء', 'الخميس', 'الجمعة', 'السبت', 'الأحد'],
  pause: 'إيقاف مؤقت',
  pauses: { none: 'لا', day: 'ليوم واحد', week: 'لأسبوع', month: 'لشهر' },
  pausedUntil: (date) => `حتى ${date}`,
  consent: 'أوافق على تلقي هذه الرسائل',
  quietHours: 'ساعات الهدوء',
  quietHoursHelp: (zone) => `حسب توقيت ${zone}.`,
  from: 'من',
  until: 'إلى',
  modes: { hold: 'تنتظر الرسائل', drop: 'تُهمل الرسائل', in_app_only: 'يستقبل صندوق الوارد فقط' },
  severalWindows: 'لديك عدة فترات هدوء؛ يمكنك تغييرها في التطبيق.',
  everything: 'الكل',
  everythingOff: 'إيقاف كل ما لم يُختر على وجه التحديد',
  save: 'حفظ',
  saved: 'تم الحفظ.',
  badForm: 'تعذّر الحفظ. حاول مرة أخرى.',
  linkOver: 'لم يعد هذا الرابط يعمل',
  linkOverHelp: 'استخدم رابط رسالة أحدث.',
  stopTitle: (category) => `إيقاف «${category}»؟`,
  stopHelp: (channel) => `أنت على وشك تغيير ما يصلك عبر ${channel}.`,
  stopCategory: (category) => `إيقاف «${category}»`,
  stopAll: (channel) => `إيقاف كل شيء عبر ${channel}`,
  stopSnooze: 'إيقاف مؤقت لمدة شهر',
  stopDigest: 'مرة واحدة في الأسبوع فقط، كملخص',
  manage: 'كل التفضيلات',
  stopped: (category) => `تم. لن يصلك «${category}» بعد الآن.`,
  stoppedAll: (channel) => `تم. لن يصلك شيء بعد الآن عبر ${channel}.`,
  snoozed: 'تم. التوقف المؤقت لمدة شهر.',
  digested: 'تم. سيصلك ملخص مرة واحدة في الأسبوع.',
  mandatory: (category) => `«${category}» ضروري لحسابك ولا يمكن إيقافه.`,
};

const LANGUAGES: Record<string, Words> = { en, de, fr, es, ar };

/** The language of a user, else the first the browser asks for that is spoken here. */
export function wordsFor(locale: string | null, acceptLanguage: string | undefined): Words {
  const asked = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map((one, position) => {
      const [tag = '', ...parameters] = one.trim().split(';');
      const weight = parameters.map((parameter) => /^\s*q=([\d.]+)/.exec(parameter)?.[1]).find((q) => q !== undefined);
      return { tag, weight: weight === undefined ? 1 : Number(weight), position };
    })
    .filter((one) => one.weight > 0)
    .sort((a, b) => b.weight - a.weight || a.position - b.position)
    .map((one) => one.tag);
  for (const tag of [locale ?? '', ...asked]) {
    const words = LANGUAGES[tag.toLowerCase().split('-')[0] ?? ''];
    if (words) return words;
  }
  return en;
}
