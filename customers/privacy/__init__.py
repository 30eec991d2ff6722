"""The personal data of a customer: what was agreed to, handing all of it out, and forgetting the person.

consents    given and withdrawn, by channel and purpose; who may be contacted
holdings    every model that holds something of a customer, declared once: what is handed out, what is forgotten
person      one person among these models: which rows, by which names and addresses somebody is known
collecting  all of it as a file for the person        erasing   forgetting the person, keeping the figures
suppression knowing again who was forgotten, without knowing who it was
dossier     all that matters about a customer on one page, to print
"""
