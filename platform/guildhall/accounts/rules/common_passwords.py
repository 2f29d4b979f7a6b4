"""Words that passwords are made of far too often. Short ones count too: the policy strips what is added to a word.

Written for this project from the well-known habits (keyboard runs, seasons, first words of public top lists); OWASP
ASVS 6.2.4 asks for the top 3000, nearly all of which are too short for us or come down to one of these.
"""

from typing import Final

_LISTED = """
    password passwort passw0rd motdepasse contrasena wachtwoord senha parola secret secretpassword mypassword
    thepassword newpassword oldpassword changeme changeit letmein letmeinplease welcome welcomeback welcomehome
    administrator admin administration rootroot superuser superman batman spiderman ironman starwars pokemon
    dragon dragonball monkey football baseball basketball soccer hockey liverpool chelsea arsenal manchester
    barcelona realmadrid juventus iloveyou iloveyousomuch ilovemyfamily iloveme loveyou loveme lovely princess
    sunshine flower butterfly chocolate strawberry cookie cheese banana orange pepper ginger summer winter spring
    autumn january february march april june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday qwerty qwertyuiop qwertzuiop azerty azertyuiop asdfgh asdfghjkl
    zxcvbn zxcvbnm qazwsx qazwsxedc qazwsxedcrfv qweasd qweasdzxc adgjmp wasd master shadow hunter killer trustno
    whatever freedom computer internet samsung iphone android google facebook instagram microsoft windows linux
    jessica jennifer michael michelle daniel thomas robert andrew joshua matthew anthony ashley nicole charlie
    jordan harley ranger mustang ferrari porsche mercedes corvette yamaha tigger snoopy mickey matrix cowboy
    eagles steelers packers yankees dallas phoenix diamond silver golden purple hello helloworld hellothere
    goodmorning goodnight testtest testing testpassword default guest user username login signin access
    correcthorsebatterystaple correcthorse batterystaple abc abcabc abcdef abcdefgh abcdefghijkl abcxyz aaa
    mother father family jesus jesuschrist christ blessed heaven angel angels friends forever together
"""

COMMON_WORDS: Final = frozenset(_LISTED.split())

RUNS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
)
"""Rows of a keyboard, and others that a finger follows; a password on one of them, either way, is no secret."""
