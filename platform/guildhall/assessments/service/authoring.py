"""What authors do, by subject."""

from guildhall.assessments.service.banks import Banks
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.exams import Exams
from guildhall.assessments.service.exchanging import Exchange
from guildhall.assessments.service.items import Items
from guildhall.assessments.service.pictures import Pictures


class Authoring:
    def __init__(self, context: Context) -> None:
        self.banks = Banks(context)
        self.items = Items(context)
        self.pictures = Pictures(context)
        self.exams = Exams(context)
        self.exchange = Exchange(context, self.pictures)
