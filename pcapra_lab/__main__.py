"""``python -m pcapra_lab`` runs the same command as ``pcapra-lab``."""

from pcapra_lab.cli.main import main

if __name__ == "__main__":
    main()
