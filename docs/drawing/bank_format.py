"""The file that question banks travel in."""

import json

from guildhall.assessments.exchange.bank_json import FORMAT, VERSION, BankFile


def question_bank_json() -> str:
    """The format that banks are exported and imported in: an example, and its JSON Schema."""
    content = {
        "question": {
            "kind": "single_choice",
            "prompt": {"text": "Which river flows through Turin?", "pictures": []},
            "choices": [{"id": "a", "text": "Po", "picture": None}, {"id": "b", "text": "Rhine", "picture": None}],
            "shuffles": True,
        },
        "key": {"kind": "choice", "correct": ["a"], "credit": "all_or_nothing"},
        "rationale": "It comes from the Cottian Alps.",
    }
    item = {"name": "Turin's river", "tags": ["rivers"], "difficulty": 2, "content": content}
    example = {"format": FORMAT, "version": VERSION, "name": "Geography", "pictures": {}, "items": [item]}
    schema = BankFile.model_json_schema()
    return (
        "# Question banks as JSON\n\n"
        "`GET /v1/banks/{bank_id}/export.json` writes this, `POST /v1/banks/{bank_id}/imports` reads it: what was "
        "exported is imported again as the same items, as drafts. Text is plain: an empty line begins a paragraph, "
        "backticks mark code. Pictures are PNG or JPEG in base64, under the name by which questions show them "
        "(`blob_id`). Points are whole hundredths. Numbers of a key are text, so that 0.1 stays 0.1. Members that have "
        "a default may be left out; others than these are refused.\n\n"
        "The import reports every row that is wrong with its line and path. With `mode=whole` (the default) nothing is "
        "kept unless everything is right, with `good` the rows that are, with `check` none. The same file again makes "
        "no second copies. QTI 3.0 packages and items are read by the same operation: choice, text entry (numbers with "
        "their tolerance, texts with their mapping), extended text, order and match interactions, one for each item; "
        "the report says what of each could not be taken over.\n\n"
        f"```json\n{json.dumps(example, indent=2)}\n```\n\n"
        f"## JSON Schema\n\n```json\n{json.dumps(schema, indent=1, sort_keys=True)}\n```\n"
    )
