"""What keeps the partnership's own record in order: its structures, its people, leavers and deputies."""
