"""The words of an issue as readers get them: mail, team version, archive."""
