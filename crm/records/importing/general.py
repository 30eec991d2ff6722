class GeneralImporter:
    pass
