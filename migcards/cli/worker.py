"""`migcards worker`: lend this machine to a cluster."""

from __future__ import annotations

import click

from migcards.cli.shared.cluster import with_distributed
from migcards.cli.shared.context import language_option, settings
from texts import Language, say


@click.command()
@click.argument("address")
@language_option
def worker(address: str, language: Language) -> None:
    """Read cards on this machine for whoever runs `migcards run --cluster ADDRESS`.

    ADDRESS is that of a Dask scheduler, HOST:PORT. As many cards are read at a time as the setting `workers` says. The
    machine must see the originals under the same paths, and have the same program, forms and networks; `cluster_tls` is
    the folder with its certificates. It serves until it is stopped, and waits for a scheduler that is away.
    """
    with with_distributed():
        from migcards.cluster.link import link_to
        from migcards.cluster.serve import serve
    link, cores = link_to(address, settings().cluster_tls), settings().workers
    click.echo(say("cluster.serving", language, address=link.address, count=cores))
    serve(link, cores)
