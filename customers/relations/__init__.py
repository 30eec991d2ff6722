"""Who belongs to whom among customers, and who decides within one."""
