// Everything the panel says, in each of its languages. A language is whole or it is not there: the type sees to it.

export interface Words {
  readonly locale: string;
  readonly dir: "ltr" | "rtl";
  readonly title: string;
  readonly close: string;
  readonly log: string;
  readonly write: string;
  readonly send: string;
  readonly tooLong: (most: number) => string;
  readonly masked: string;
  readonly you: string;
  readonly bot: string;
  readonly person: string;
  readonly sending: string;
  readonly sent: string;
  readonly delivered: string;
  readonly read: string;
  readonly failed: string;
  readonly takeBack: string;
  readonly isTyping: (name: string) => string;
  readonly askPerson: string;
  readonly end: string;
  readonly startNew: string;
  readonly connecting: string;
  readonly offline: string;
  readonly notKept: string;
  readonly queued: string;
  readonly withPerson: (name: string) => string;
  readonly withBot: string;
  readonly snoozed: string;
  readonly resolved: string;
  readonly closed: string;
  readonly joined: (name: string) => string;
  readonly left: string;
  readonly reopened: string;
  readonly yourName: string;
  readonly nameWhy: string;
  readonly begin: string;
  readonly refused: string;
  readonly tryAgain: string;
  readonly sources: string;
  /** Before the FAQ entries that an AI wrote its answer from. */
  readonly generatedFrom: string;
  readonly cutShort: string;
  readonly howWasIt: string;
  /** From the worst to the best. */
  readonly ratings: readonly [string, string, string, string, string];
  readonly whyRating: string;
  readonly thanks: string;
  readonly usually: (minutes: number) => string;
  readonly promisedBy: (time: string) => string;
  readonly nobodyHere: string;
  readonly late: string;
  readonly yourAddress: string;
  readonly addressWhy: string;
  readonly leaveAddress: string;
  readonly addressLeft: string;
  readonly keepChat: string;
  readonly save: string;
  readonly mailIt: string;
  readonly mailed: string;
  readonly attach: string;
  readonly openFile: string;
  readonly removeFile: (name: string) => string;
  readonly notTaken: (name: string, size: string) => string;
}

const en: Words = {
  locale: "en",
  dir: "ltr",
  title: "Chat",
  close: "Close",
  log: "Messages",
  write: "Write a message",
  send: "Send",
  tooLong: (most) => `At most ${most} characters.`,
  masked: "A card number was hidden before it was sent.",
  you: "You",
  bot: "Assistant",
  person: "Support",
  sending: "Sending…",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
  failed: "Not sent",
  takeBack: "Edit",
  isTyping: (name) => `${name} is typing…`,
  askPerson: "Talk to a person",
  end: "End chat",
  startNew: "Start a new chat",
  connecting: "Connecting…",
  offline: "No connection. What you write is kept and sent when you are back.",
  notKept: "This browser keeps nothing: leave this page open until your message is sent.",
  queued: "You are in the queue; a person will answer here.",
  withPerson: (name) => `${name} is with you.`,
  withBot: "The assistant answers; you can ask for a person.",
  snoozed: "We will come back to you here.",
  resolved: "This chat is resolved. Write to open it again.",
  closed: "This chat is closed.",
  joined: (name) => `${name} joined`,
  left: "Waiting for another person",
  reopened: "Opened again",
  yourName: "Your name",
  nameWhy: "So that we know how to address you. You may leave it empty.",
  begin: "Start chat",
  refused: "The chat cannot be opened here.",
  tryAgain: "Try again",
  sources: "From:",
  generatedFrom: "Written by an AI from:",
  cutShort: "This answer was cut short.",
  howWasIt: "How was this chat?",
  ratings: ["Very bad", "Bad", "So-so", "Good", "Very good"],
  whyRating: "Anything to add?",
  thanks: "Thank you for telling us.",
  usually: (minutes) => (minutes === 1 ? "We usually answer within a minute." : `We usually answer within ${minutes} minutes.`),
  promisedBy: (time) => `A person will answer here by ${time}.`,
  nobodyHere: "Nobody is here just now: leave an address if you like.",
  late: "We are later than we said. Leave an address, and the answer comes there too.",
  yourAddress: "Your e-mail address",
  addressWhy: "What we answer while you are away is sent there, and nothing else.",
  leaveAddress: "Leave it",
  addressLeft: "Answers come by e-mail too",
  keepChat: "Keep this chat",
  save: "Save as a file",
  mailIt: "Send by e-mail",
  mailed: "It is on its way.",
  attach: "Add files",
  openFile: "Open",
  removeFile: (name) => `Leave out ${name}`,
  notTaken: (name, size) => `${name} was left out: at most four files of ${size} go with a message.`,
};

const de: Words = {
  locale: "de",
  dir: "ltr",
  title: "Chat",
  close: "Schließen",
  log: "Nachrichten",
  write: "Nachricht schreiben",
  send: "Senden",
  tooLong: (most) => `Höchstens ${most} Zeichen.`,
  masked: "Eine Kartennummer wurde vor dem Senden unkenntlich gemacht.",
  you: "Sie",
  bot: "Assistent",
  person: "Support",
  sending: "Wird gesendet…",
  sent: "Gesendet",
  delivered: "Zugestellt",
  read: "Gelesen",
  failed: "Nicht gesendet",
  takeBack: "Bearbeiten",
  isTyping: (name) => `${name} schreibt…`,
  askPerson: "Mit einem Menschen sprechen",
  end: "Chat beenden",
  startNew: "Neuen Chat beginnen",
  connecting: "Verbindung wird aufgebaut…",
  offline: "Keine Verbindung. Was Sie schreiben, bleibt hier und wird später gesendet.",
  notKept: "Dieser Browser speichert nichts: Lassen Sie die Seite offen, bis alles gesendet ist.",
  queued: "Sie sind in der Warteschlange; hier antwortet ein Mensch.",
  withPerson: (name) => `${name} ist für Sie da.`,
  withBot: "Der Assistent antwortet; Sie können nach einem Menschen fragen.",
  snoozed: "Wir melden uns hier wieder bei Ihnen.",
  resolved: "Dieser Chat ist erledigt. Schreiben Sie, um ihn wieder zu öffnen.",
  closed: "Dieser Chat ist geschlossen.",
  joined: (name) => `${name} ist dazugekommen`,
  left: "Es wird auf jemand anderen gewartet",
  reopened: "Wieder geöffnet",
  yourName: "Ihr Name",
  nameWhy: "Damit wir wissen, wie wir Sie ansprechen. Sie können das Feld leer lassen.",
  begin: "Chat beginnen",
  refused: "Der Chat lässt sich hier nicht öffnen.",
  tryAgain: "Noch einmal versuchen",
  sources: "Aus:",
  generatedFrom: "Von einer KI geschrieben, aus:",
  cutShort: "Diese Antwort ist unvollständig.",
  howWasIt: "Wie war dieser Chat?",
  ratings: ["Sehr schlecht", "Schlecht", "Mittel", "Gut", "Sehr gut"],
  whyRating: "Möchten Sie etwas dazu sagen?",
  thanks: "Danke für Ihre Rückmeldung.",
  usually: (minutes) => (minutes === 1 ? "Wir antworten meist innerhalb einer Minute." : `Wir antworten meist innerhalb von ${minutes} Minuten.`),
  promisedBy: (time) => `Hier antwortet ein Mensch bis ${time} Uhr.`,
  nobodyHere: "Gerade ist niemand da: Hinterlassen Sie gern eine Adresse.",
  late: "Wir sind später als gesagt. Mit einer Adresse kommt die Antwort auch dorthin.",
  yourAddress: "Ihre E-Mail-Adresse",
  addressWhy: "Dorthin geht, was wir in Ihrer Abwesenheit antworten, und sonst nichts.",
  leaveAddress: "Angeben",
  addressLeft: "Antworten kommen auch per E-Mail",
  keepChat: "Diesen Chat behalten",
  save: "Als Datei speichern",
  mailIt: "Per E-Mail senden",
  mailed: "Er ist unterwegs.",
  attach: "Dateien anfügen",
  openFile: "Öffnen:",
  removeFile: (name) => `${name} weglassen`,
  notTaken: (name, size) => `${name} fehlt: Zu einer Nachricht gehören höchstens vier Dateien von ${size}.`,
};

const ar: Words = {
  locale: "ar",
  dir: "rtl",
  title: "محادثة",
  close: "إغلاق",
  log: "الرسائل",
  write: "اكتب رسالة",
  send: "إرسال",
  tooLong: (most) => `بحد أقصى ${most} حرفًا.`,
  masked: "تم إخفاء رقم بطاقة قبل الإرسال.",
  you: "أنت",
  bot: "المساعد",
  person: "الدعم",
  sending: "جارٍ الإرسال…",
  sent: "أُرسلت",
  delivered: "وصلت",
  read: "قُرئت",
  failed: "لم تُرسل",
  takeBack: "تعديل",
  isTyping: (name) => `${name} يكتب الآن…`,
  askPerson: "التحدث إلى شخص",
  end: "إنهاء المحادثة",
  startNew: "بدء محادثة جديدة",
  connecting: "جارٍ الاتصال…",
  offline: "لا يوجد اتصال. ما تكتبه محفوظ وسيُرسل عند عودة الاتصال.",
  notKept: "هذا المتصفح لا يحفظ شيئًا: اترك الصفحة مفتوحة حتى تُرسل رسالتك.",
  queued: "أنت في قائمة الانتظار، وسيجيبك شخص هنا.",
  withPerson: (name) => `${name} معك الآن.`,
  withBot: "المساعد يجيب، ويمكنك طلب التحدث إلى شخص.",
  snoozed: "سنعود إليك هنا.",
  resolved: "تم حل هذه المحادثة. اكتب لفتحها من جديد.",
  closed: "هذه المحادثة مغلقة.",
  joined: (name) => `انضم ${name}`,
  left: "في انتظار شخص آخر",
  reopened: "فُتحت من جديد",
  yourName: "اسمك",
  nameWhy: "لنعرف كيف نخاطبك. يمكنك تركه فارغًا.",
  begin: "ابدأ المحادثة",
  refused: "لا يمكن فتح المحادثة هنا.",
  tryAgain: "حاول مرة أخرى",
  sources: "المصدر:",
  generatedFrom: "كتبها ذكاء اصطناعي، من:",
  cutShort: "هذه الإجابة غير مكتملة.",
  howWasIt: "كيف كانت هذه المحادثة؟",
  ratings: ["سيئة جدًا", "سيئة", "متوسطة", "جيدة", "جيدة جدًا"],
  whyRating: "هل تود إضافة شيء؟",
  thanks: "شكرًا على ملاحظتك.",
  usually: (minutes) => `نجيب عادةً خلال ${minutes} دقيقة.`,
  promisedBy: (time) => `سيجيبك شخص هنا قبل الساعة ${time}.`,
  nobodyHere: "لا يوجد أحد الآن. اكتب لنا واترك عنوانًا إن أردت.",
  late: "تأخرنا عما قلناه. اترك عنوانًا ليصلك الرد عليه أيضًا.",
  yourAddress: "بريدك الإلكتروني",
  addressWhy: "نرسل إليه ما نجيب به في غيابك، ولا شيء غير ذلك.",
  leaveAddress: "أرسل العنوان",
  addressLeft: "ستصل الردود بالبريد أيضًا",
  keepChat: "احتفظ بهذه المحادثة",
  save: "حفظ كملف",
  mailIt: "إرسال بالبريد",
  mailed: "أُرسلت.",
  attach: "إرفاق ملفات",
  openFile: "فتح",
  removeFile: (name) => `إزالة ${name}`,
  notTaken: (name, size) => `لم يُرفق ${name}: أربعة ملفات كحد أقصى بحجم ${size} لكل رسالة.`,
};

const LANGUAGES: Readonly<Record<string, Words>> = { en, de, ar };

export function wordsOf(language: string): Words {
  return LANGUAGES[language.slice(0, 2).toLowerCase()] ?? en;
}
