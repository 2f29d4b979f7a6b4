"""What a stranger may ask for, and what the links in our mails do. Public: each answer is the same for everybody."""

from guildhall.accounts.messages import Asked, ChoosePassword, Done, EmailGiven, SignUp, TokenGiven, Verified
from guildhall.accounts.routes.credentials import device_cookie, visitor_of
from guildhall.accounts.service import AccountsService
from guildhall.kit.http import PUBLIC, Answer, Call, NoQuery, Operation, Route

TAGS = ("sign-in",)
LINK = frozenset({"link-refused"})

SIGN_UP = Operation(
    name="sign_up",
    method="POST",
    path="/auth/sign-up",
    summary="Ask for an account; a mail says what came of it",
    permission=PUBLIC,
    rate_class="signup",
    body=SignUp,
    answers={202: Asked},
    tags=TAGS,
)
VERIFY_EMAIL = Operation(
    name="verify_email",
    method="POST",
    path="/auth/verify-email",
    summary="Confirm the address of a sign-up",
    permission=PUBLIC,
    rate_class="sign_in",
    body=TokenGiven,
    answers={200: Verified},
    problems=LINK | {"move-refused"},
    tags=TAGS,
)
ASK_RESET = Operation(
    name="ask_password_reset",
    method="POST",
    path="/auth/password-reset",
    summary="Ask for a link to choose a new password",
    permission=PUBLIC,
    rate_class="mail",
    body=EmailGiven,
    answers={202: Asked},
    tags=TAGS,
)
CHOOSE_PASSWORD = Operation(
    name="choose_password",
    method="POST",
    path="/auth/password-reset/confirm",
    summary="Choose a new password; signs out everywhere",
    permission=PUBLIC,
    rate_class="sign_in",
    body=ChoosePassword,
    answers={200: Done},
    problems=LINK,
    cookie_borne=True,
    tags=TAGS,
)
CONFIRM_EMAIL = Operation(
    name="confirm_email_change",
    method="POST",
    path="/auth/email-change/confirm",
    summary="Confirm a new address",
    permission=PUBLIC,
    rate_class="sign_in",
    body=TokenGiven,
    answers={200: Done},
    problems=LINK,
    tags=TAGS,
)
UNDO_EMAIL = Operation(
    name="undo_email_change",
    method="POST",
    path="/auth/email-change/undo",
    summary="Take a changed address back; signs out everywhere",
    permission=PUBLIC,
    rate_class="sign_in",
    body=TokenGiven,
    answers={200: Done},
    problems=LINK,
    tags=TAGS,
)
KNOW_DEVICE = Operation(
    name="know_device",
    method="POST",
    path="/auth/devices/confirm",
    summary="Say that this device is one's own",
    permission=PUBLIC,
    rate_class="sign_in",
    body=TokenGiven,
    answers={200: Done},
    problems=LINK,
    cookie_borne=True,
    tags=TAGS,
)
REACTIVATE = Operation(
    name="reactivate_account",
    method="POST",
    path="/auth/reactivate",
    summary="Use a deactivated account again",
    permission=PUBLIC,
    rate_class="sign_in",
    body=TokenGiven,
    answers={200: Done},
    problems=LINK | {"move-refused"},
    tags=TAGS,
)


def link_routes(service: AccountsService) -> tuple[Route, ...]:
    async def sign_up(call: Call[SignUp, NoQuery]) -> Answer:
        await service.wishes.sign_up(call.body.email, call.body.password, call.body.name)
        return Answer(Asked(), status=202)

    async def verify_email(call: Call[TokenGiven, NoQuery]) -> Answer:
        verified = await service.credentials.verify_email(call.body.token)
        onward = "You can sign in now." if verified.reset_token is None else "Now choose your password."
        return Answer(Verified(message=f"Your address is confirmed. {onward}", reset_token=verified.reset_token))

    async def ask_reset(call: Call[EmailGiven, NoQuery]) -> Answer:
        await service.wishes.reset_password(call.body.email)
        return Answer(Asked(), status=202)

    async def choose_password(call: Call[ChoosePassword, NoQuery]) -> Answer:
        token = await service.credentials.choose_password(call.body.token, call.body.password, visitor_of(call))
        done = Done(message="Your password is changed, and you are signed out everywhere. Sign in with the new one.")
        return Answer(done, cookies=(device_cookie(token, service),))

    async def confirm_email(call: Call[TokenGiven, NoQuery]) -> Answer:
        await service.credentials.confirm_email(call.body.token)
        return Answer(Done(message="Your new address is confirmed."))

    async def undo_email(call: Call[TokenGiven, NoQuery]) -> Answer:
        email = await service.credentials.undo_email(call.body.token)
        return Answer(
            Done(message=f"The change is undone. To choose a new password, look into the mailbox of {email}.")
        )

    async def know_device(call: Call[TokenGiven, NoQuery]) -> Answer:
        token = await service.signing_in.know_device(call.body.token, visitor_of(call))
        return Answer(Done(message="Sign in now, on this device."), cookies=(device_cookie(token, service),))

    async def reactivate(call: Call[TokenGiven, NoQuery]) -> Answer:
        await service.credentials.reactivate(call.body.token)
        return Answer(Done(message="Your account is active again. You can sign in now."))

    return (
        Route(SIGN_UP, sign_up),
        Route(VERIFY_EMAIL, verify_email),
        Route(ASK_RESET, ask_reset),
        Route(CHOOSE_PASSWORD, choose_password),
        Route(CONFIRM_EMAIL, confirm_email),
        Route(UNDO_EMAIL, undo_email),
        Route(KNOW_DEVICE, know_device),
        Route(REACTIVATE, reactivate),
    )
