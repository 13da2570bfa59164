"""The command `mcore-mappers`, also as `python -m mcore_mappers`."""

from mcore_mappers_runtime.cli.start import main

if __name__ == "__main__":
    main()
