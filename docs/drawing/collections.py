"""Every collection, and the model that it stores, in the order of the domains."""

from typing import Final

from pydantic import BaseModel

from guildhall.accounts import model as account_model
from guildhall.accounts import store as account_store
from guildhall.assessments import store as assessment_store
from guildhall.assessments.model import attempts, banks, exams, results
from guildhall.chat import model as chat_model
from guildhall.chat import store as chat_store
from guildhall.chat.answering import model as answering_model
from guildhall.chat.answering import store as answering_store
from guildhall.chat.faq import model as faq_model
from guildhall.chat.faq import store as faq_store
from guildhall.gigs import store as gigs_store
from guildhall.gigs.model import contracts, days, weeks
from guildhall.kit.audit import AUDIT_LOG
from guildhall.kit.http.idempotency import SCHEMA as IDEMPOTENCY
from guildhall.kit.mail import MAILBOX, OUTBOX, OutboxMail
from guildhall.kit.storage import Schema
from guildhall.notifications import model as notification_model
from guildhall.notifications import store as notification_store
from guildhall.notifications.webhooks import model as webhook_model
from guildhall.notifications.webhooks import store as webhook_store
from guildhall.onboarding import store as onboarding_store
from guildhall.onboarding.model import flows as onboarding_flows
from guildhall.onboarding.model import onboardings
from guildhall.opportunities import store as opportunity_store
from guildhall.opportunities.model import applications, postings
from guildhall.payments.model import balances as ledger_balances
from guildhall.payments.model import entries as ledger_entries
from guildhall.payments.model import flows as payment_flows
from guildhall.payments.model import holds as payment_holds
from guildhall.payments.model import invoices as payment_invoices
from guildhall.payments.model import manual as payment_manual
from guildhall.payments.model import pages as ledger_pages
from guildhall.payments.model import reports as payment_reports
from guildhall.payments.model import sandbox as payment_sandbox
from guildhall.payments.model import transfers as payment_transfers
from guildhall.payments.model.reconciliations import Reconciliation
from guildhall.payments.store import flows as flow_store
from guildhall.payments.store import invoices as invoice_store
from guildhall.payments.store import ledger as payment_store
from guildhall.payments.store import sandbox as sandbox_store
from guildhall.payments.store import transfers as transfer_store
from guildhall.proctoring import model, store
from guildhall.proctoring.model import admission, deletions, signals, strips
from guildhall.proctoring.model import cases as model_cases
from guildhall.proctoring.store import admissions
from guildhall.proctoring.store import cases as case_store
from guildhall.proctoring.store import signals as signal_store
from guildhall.proctoring.store import strips as strip_store

COLLECTIONS: Final[tuple[tuple[Schema, type[BaseModel] | None], ...]] = (
    (account_store.ACCOUNTS, account_model.Account),
    (account_store.SESSIONS, account_model.Session),
    (account_store.FLOWS, account_model.SignInFlow),
    (account_store.ORGANISATIONS, account_model.Organisation),
    (account_store.WISHES, account_model.Wish),
    (account_store.TALLIES, None),
    (assessment_store.BANKS, banks.Bank),
    (assessment_store.ITEMS, banks.Item),
    (assessment_store.ITEM_VERSIONS, banks.ItemVersion),
    (assessment_store.PICTURES, banks.BankPicture),
    (assessment_store.EXAMS, exams.Exam),
    (assessment_store.EXAM_VERSIONS, exams.ExamVersion),
    (assessment_store.DELIVERIES, exams.Delivery),
    (assessment_store.INVITATIONS, exams.Invitation),
    (assessment_store.ATTEMPTS, attempts.Attempt),
    (assessment_store.ANSWERS, attempts.AnswerEntry),
    (assessment_store.FILES, attempts.StoredFile),
    (assessment_store.OUTAGES, attempts.Outage),
    (assessment_store.BEATS, None),
    (assessment_store.MARKS, results.Mark),
    (assessment_store.RESULTS, results.Result),
    (assessment_store.CREDENTIALS, results.Credential),
    (chat_store.CONVERSATIONS, chat_model.Conversation),
    (chat_store.ENTRIES, chat_model.Said),
    (chat_store.NOTES, None),
    (chat_store.AGENTS, chat_model.DeskAgent),
    (answering_store.TURNS, answering_model.BotTurn),
    (answering_store.BUDGETS, None),
    (faq_store.ENTRIES, faq_model.FaqEntry),
    (faq_store.VERSIONS, faq_model.EntryVersion),
    (faq_store.MATCHERS, faq_model.MatcherRecord),
    (faq_store.CASES, faq_model.Case),
    (faq_store.UNANSWERED, faq_model.Unanswered),
    (notification_store.NOTICES, notification_model.Notice),
    (webhook_store.ENDPOINTS, webhook_model.Endpoint),
    (webhook_store.DELIVERIES, webhook_model.Delivery),
    (onboarding_store.FLOWS, onboarding_flows.Flow),
    (onboarding_store.ONBOARDINGS, onboardings.Onboarding),
    (onboarding_store.CONSENTS, onboardings.Consent),
    (payment_store.JOURNAL, ledger_entries.Entry),
    (payment_store.ACCOUNTS, ledger_balances.LedgerAccount),
    (payment_store.PAGES, ledger_pages.StatementPage),
    (payment_store.PENDINGS, ledger_pages.OpenPending),
    (payment_store.CURSORS, None),
    (payment_store.CHAIN, None),
    (payment_store.RECONCILIATIONS, Reconciliation),
    (opportunity_store.OPPORTUNITIES, postings.Opportunity),
    (opportunity_store.APPLICATIONS, applications.Application),
    (opportunity_store.WORDS, None),
    (gigs_store.CONTRACTS, contracts.Contract),
    (gigs_store.WEEKS, weeks.Week),
    (gigs_store.DAYS, days.AgentDay),
    (flow_store.HOLDS, payment_holds.Hold),
    (flow_store.PAYMENTS, payment_flows.Payment),
    (flow_store.PAYOUTS, payment_flows.Payout),
    (flow_store.PAYOUT_ACCOUNTS, payment_flows.PayoutAccount),
    (flow_store.MANUAL, payment_manual.ManualEntry),
    (flow_store.INBOX, payment_flows.ReceivedEvent),
    (transfer_store.ORDERS, payment_transfers.TransferOrder),
    (transfer_store.FILES, payment_transfers.TransferFile),
    (transfer_store.LINES, payment_transfers.StatementEntry),
    (transfer_store.REPORTS, payment_reports.StatusReport),
    (invoice_store.INVOICES, payment_invoices.Invoice),
    (invoice_store.SERIES, payment_invoices.InvoiceSeries),
    (invoice_store.BILLING, payment_invoices.BillingDetails),
    (sandbox_store.ORDERS, payment_sandbox.SandboxOrder),
    (store.SESSIONS, model.Session),
    (store.OWNERS, None),
    (store.LOG, model.Entry),
    (signal_store.CHUNKS, signals.Chunk),
    (strip_store.STRIPS, strips.KeptStrip),
    (strip_store.DELETIONS, deletions.Deletion),
    (admissions.ADMISSIONS, admission.Admission),
    (admissions.POLICIES, admission.DeliveryPolicy),
    (admissions.CLAIMS, admission.Claim),
    (case_store.CASES, model_cases.Case),
    (case_store.CASE_LOG, model_cases.Line),
    (AUDIT_LOG, None),
    (OUTBOX, OutboxMail),
    (MAILBOX, None),
    (IDEMPOTENCY, None),
)
