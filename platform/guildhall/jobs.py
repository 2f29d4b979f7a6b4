"""The background half of every domain, run by the worker and by the all-in-one."""

import asyncio

from guildhall.accounts.jobs import tidy_for_ever
from guildhall.assessments import jobs as assessment_jobs
from guildhall.backbone import Backbone
from guildhall.chat import jobs as chat_jobs
from guildhall.chat.answering import jobs as answering_jobs
from guildhall.chat.faq import jobs as faq_jobs
from guildhall.config import Config
from guildhall.gigs import jobs as gigs_jobs
from guildhall.notifications import jobs as notification_jobs
from guildhall.notifications.webhooks import jobs as webhook_jobs
from guildhall.onboarding import jobs as onboarding_jobs
from guildhall.opportunities import jobs as opportunity_jobs
from guildhall.payments import jobs as payment_jobs
from guildhall.proctoring.jobs import destroy_what_is_due, follow_cases, follow_reviews, follow_the_dead


async def run_jobs(backbone: Backbone, config: Config) -> None:
    """Every job of every domain, until cancelled: beside the web role in the all-in-one, alone in a worker."""
    async with asyncio.TaskGroup() as jobs:
        jobs.create_task(
            follow_the_dead(backbone.proctoring, backbone.bus, backbone.clock, config.proctoring),
            name="proctoring.follow_the_dead",
        )
        jobs.create_task(
            follow_cases(backbone.acting, backbone.proctoring, backbone.clock), name="proctoring.follow_cases"
        )
        jobs.create_task(destroy_what_is_due(backbone.retention), name="proctoring.destroy_what_is_due")
        jobs.create_task(follow_reviews(backbone.review_follower), name="proctoring.follow_reviews")
        jobs.create_task(tidy_for_ever(backbone.accounts), name="accounts.tidy")
        jobs.create_task(backbone.outbox.deliver_for_ever(), name="mail.deliver")
        jobs.create_task(assessment_jobs.run_for_ever(backbone.assessments), name="assessments")
        jobs.create_task(chat_jobs.run_for_ever(backbone.chat), name="chat")
        jobs.create_task(faq_jobs.run_for_ever(backbone.faq), name="faq")
        jobs.create_task(answering_jobs.run_for_ever(backbone.answering), name="answering")
        jobs.create_task(onboarding_jobs.run_for_ever(backbone.onboarding), name="onboarding")
        jobs.create_task(payment_jobs.run_for_ever(backbone.payments), name="payments")
        jobs.create_task(gigs_jobs.run_for_ever(backbone.gigs), name="gigs")
        jobs.create_task(opportunity_jobs.run_for_ever(backbone.opportunities), name="opportunities")
        jobs.create_task(notification_jobs.run_for_ever(backbone.notifications), name="notifications")
        jobs.create_task(webhook_jobs.run_for_ever(backbone.webhooks), name="notifications.webhooks")
        jobs.create_task(backbone.idempotency.forget_for_ever(), name="http.forget_idempotency")
