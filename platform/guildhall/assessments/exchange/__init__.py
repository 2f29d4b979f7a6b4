"""Questions in and out: a documented JSON of our own (`bank_json`), and QTI 3.0 packages (`qti_package`).

What comes in was written by anybody. It is read into `reading.Reading`, item by item, with what was wrong or left out
of each; whether anything is kept is the service's to decide. Nothing here raises but `reading.Unreadable`.
"""
