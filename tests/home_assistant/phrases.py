"""More ways to say it: politely, without accents, with names as people say them.

A row is a language, what must be done or answered, and where.
"""

from .home import ARMED, HEALTHY, OFFLINE, STALE

NAMES = {
    HEALTHY: "Mill House",
    STALE: "Dana's Büro",
    ARMED: "Büro Süd",
    OFFLINE: "L'Atelier 7",
}
EVERY = tuple(NAMES)
# What is asked back, and starts nothing.
WHICH: tuple[int, ...] = ()

WAYS: dict[tuple[str, str, tuple[int, ...]], tuple[str, ...]] = {
    ("en", "users", (HEALTHY,)): (
        "please sync the users at the mill house",
        "Could you please sync users at Mill House?",
        "i want to sync the user codes at the mill house",
        "do a user sync at the mill house now",
        "sync users at the mill house again please",
        "sync mill house alarm users",
        "sync the users at the mill house",
        "Sync users in Mill House, please.",
        "sync the mill house's users",
        "sync the users at the mill house panel",
        "sync the panel users at the mill house",
        "sink the alarm users at mill house",
    ),
    ("en", "users", (STALE,)): ("sync danas buro users", "sync users in dana's buero"),
    ("en", "users", EVERY): (
        "please sync all users everywhere",
        "synchronize all user codes everywhere",
    ),
    ("en", "users", WHICH): ("sync all users", "sync the users at the büro"),
    ("en", "panel", (HEALTHY,)): (
        "can you sync the alarm at the mill house",
        "synchronise the mill house alarm panel, thanks",
        "sync the mill house panel",
        "sync the panel at the millhouse",
        "Sync the alarm panel at the Mill",
    ),
    ("en", "panel", (OFFLINE,)): ("sync the panel at l\u2019atelier 7",),
    ("en", "panel", EVERY): (
        "Please sync all the panels.",
        "sync all of the panels",
        "sync every panel",
        "sync all panels everywhere",
        "sync all panels",
        "sync the panel at all locations",
    ),
    ("en", "refresh", (HEALTHY,)): (
        "refresh mill house status",
        "would you refresh the mill house panel",
        "refresh the alarm at the mill house",
        "refresh the status of Mill House",
    ),
    ("en", "refresh", EVERY): (
        "refresh all the statuses please",
        "refresh the alarm status everywhere",
    ),
    ("en", "status", (HEALTHY,)): (
        "is the mill house out of sync",
        "tell me if the mill house is in sync",
        "is the panel at the mill house synced right now",
        "what's the sync status of the mill house",
        "is the mill house in sync?",
        "does the mill house need a sync",
    ),
    ("en", "status", EVERY): (
        "are all panels in sync",
        "are the panels in sync",
        "is everything in sync",
    ),
    ("en", "last", (HEALTHY,)): (
        "when was mill house synced last",
        "when was the last time the mill house was synced",
        "when did the panel at the mill house last sync",
        "When did the Mill House last sync?",
        "when was the last sync at mill house",
    ),
    ("en", "last", (STALE,)): ("when was dana's last synced",),
    ("en", "last", EVERY): ("when was the last sync",),
    ("de", "users", (HEALTHY,)): (
        "bitte synchronisiere die benutzer im mill house",
        "Kannst du bitte die Benutzer im Mill House synchronisieren?",
        "synchronisiere im mill house die benutzercodes",
        "starte eine benutzersynchronisierung im mill house",
        "die benutzer im mill house bitte synchronisieren",
        "Synchronisiere die Benutzer im Mill House",
        "Benutzer im Mill House synchronisieren",
    ),
    ("de", "users", (ARMED,)): (
        "sync die benutzer im buero sued",
        "synchronisiere mal die nutzer im büro süd",
    ),
    ("de", "users", EVERY): (
        "synchronisiere die benutzer ueberall",
        "synchronisiere alle Nutzer überall",
    ),
    ("de", "users", WHICH): ("synchronisiere alle benutzer",),
    ("de", "panel", (HEALTHY,)): (
        "kannst du die alarmanlage im mill house synchronisieren",
        "konntest du die zentrale vom mill house synchronisieren",
        "Synchronisiere die Alarmzentrale im Mill House bitte",
    ),
    ("de", "panel", EVERY): (
        "synchronisiere alle alarmanlagen bitte",
        "alle Alarmanlagen synchronisieren",
    ),
    ("de", "refresh", (HEALTHY,)): (
        "status vom mill house aktualisieren",
        "würdest du bitte den status der alarmanlage im mill house aktualisieren",
        "Aktualisiere den Status vom Mill House",
    ),
    ("de", "refresh", EVERY): ("aktualisiere den status aller standorte",),
    ("de", "status", (HEALTHY,)): (
        "ist die alarmanlage im mill house gerade synchron",
        "weißt du ob das mill house synchron ist",
        "muss das mill house synchronisiert werden",
        "wie ist der synchronisierungsstatus vom mill house",
        "Ist das Mill House synchron?",
    ),
    ("de", "status", EVERY): (
        "sind alle alarmanlagen synchron",
        "ist alles synchron",
        "Sind alle Standorte synchronisiert?",
    ),
    ("de", "last", (HEALTHY,)): (
        "wann ist das mill house zuletzt synchronisiert worden",
        "wann hat sich das mill house das letzte mal synchronisiert",
        "wann wurden die benutzer im mill house zuletzt synchronisiert",
        "Wann wurde das Mill House zuletzt synchronisiert?",
    ),
    ("es", "users", (HEALTHY,)): (
        "por favor sincroniza los usuarios en mill house",
        "¿Podrías sincronizar los usuarios de la Mill House, por favor?",
        "sincroniza los codigos de usuario en mill house",
        "sincroniza a los usuarios de mill house",
        "inicia una sincronizacion de usuarios en mill house",
        "sincroniza los usuarios en Mill House",
        "Sincroniza los usuarios de la Mill House, por favor",
    ),
    ("es", "users", (ARMED,)): ("sincroniza los usuarios del buro sud",),
    ("es", "users", EVERY): (
        "sincroniza los usuarios en todos lados",
        "sincroniza los usuarios en todas partes",
    ),
    ("es", "users", WHICH): ("sincroniza todos los usuarios",),
    ("es", "panel", (HEALTHY,)): (
        "puedes sincronizar la alarma de mill house",
        "sincroniza la central de alarma de mill house",
        "sincroniza el panel de Mill House",
    ),
    ("es", "panel", EVERY): (
        "sincroniza todas las alarmas por favor",
        "sincroniza todos los paneles",
    ),
    ("es", "refresh", (HEALTHY,)): (
        "puedes actualizar el estado de mill house",
        "actualiza la alarma de mill house",
        "actualiza el estado de Mill House",
    ),
    ("es", "refresh", EVERY): ("actualiza el estado de todas las ubicaciones",),
    ("es", "status", (HEALTHY,)): (
        "esta mill house al dia",
        "dime si mill house está sincronizada",
        "mill house necesita una sincronizacion",
        "hay que sincronizar mill house",
        "cual es el estado de sincronizacion de mill house",
        "¿Está Mill House sincronizada?",
        "¿Mill House está sincronizado?",
    ),
    ("es", "status", EVERY): ("está todo al día", "¿Está todo sincronizado?"),
    ("es", "last", (HEALTHY,)): (
        "cuando se sincronizo mill house por ultima vez",
        "cuándo fue la última vez que se sincronizó mill house",
        "cuándo se sincronizaron los usuarios de mill house por última vez",
        "cuándo fue la última sincronización de Mill House",
    ),
    ("fr", "users", (HEALTHY,)): (
        "s'il te plaît synchronise les utilisateurs à mill house",
        "Peux-tu synchroniser les utilisateurs de Mill House ?",
        "pourrais tu synchroniser les codes d'utilisateur à mill house s'il te plait",
        "lance la synchro des utilisateurs à mill house",
        "synchronise les utilisateurs à Mill House",
    ),
    ("fr", "users", (OFFLINE,)): (
        "synchronise les utilisateurs à l\u2019atelier",
        "synchronise les codes de l'atelier 7",
    ),
    ("fr", "users", EVERY): (
        "synchronise les utilisateurs sur tous les sites",
        "synchronise les utilisateurs partout",
    ),
    ("fr", "users", WHICH): ("synchronise tous les utilisateurs",),
    ("fr", "panel", (HEALTHY,)): (
        "synchronise l'alarme de mill house",
        "pouvez-vous synchroniser la centrale d'alarme de mill house",
        "Synchronise la centrale de Mill House s'il te plaît",
    ),
    ("fr", "panel", EVERY): (
        "synchronise toutes les alarmes",
        "synchronise les centrales partout",
        "synchronise toutes les centrales",
    ),
    ("fr", "refresh", (HEALTHY,)): (
        "rafraichis l'etat de mill house",
        "mets à jour le statut de mill house",
        "actualise la centrale de mill house",
        "actualise l'état de Mill House",
        "actualise l\u2019état de la centrale à Mill House",
    ),
    ("fr", "refresh", EVERY): ("actualise l'état de tous les emplacements",),
    ("fr", "status", (HEALTHY,)): (
        "mill house est elle à jour",
        "est ce que mill house est synchronise",
        "dis-moi si mill house est synchronisé",
        "mill house a-t-elle besoin d'une synchronisation",
        "faut-il synchroniser mill house",
        "quel est l'état de synchronisation de mill house",
        "Est-ce que Mill House est à jour ?",
        "Mill House est-elle synchronisée ?",
    ),
    ("fr", "status", (OFFLINE,)): ("l'atelier est-il synchronisé",),
    ("fr", "status", EVERY): ("tout est synchronisé",),
    ("fr", "last", (HEALTHY,)): (
        "quand mill house a t elle ete synchronisee la derniere fois",
        "quand a été synchronisée mill house pour la dernière fois",
        "à quand remonte la dernière synchro de mill house",
        "quand mill house s'est-elle synchronisée pour la dernière fois",
        "à quand remonte la dernière synchronisation de Mill House",
    ),
    ("nl", "users", (HEALTHY,)): (
        "synchroniseer alsjeblieft de gebruikers in mill house",
        "Kun je de gebruikers van Mill House synchroniseren?",
        "wil je de gebruikerscodes in mill house synchroniseren alsjeblieft",
        "start een gebruikerssynchronisatie in mill house",
        "synchroniseer de gebruikers in Mill House",
    ),
    ("nl", "users", (STALE,)): ("sync de gebruikers bij dana's buro",),
    ("nl", "users", EVERY): (
        "synchroniseer de gebruikers op alle locaties",
        "sync de gebruikers overal",
    ),
    ("nl", "users", WHICH): ("synchroniseer alle gebruikers",),
    ("nl", "panel", (HEALTHY,)): (
        "synchroniseer het alarm van mill house",
        "kan je even het paneel van mill house synchroniseren",
        "synchroniseer het paneel van Mill House alsjeblieft",
    ),
    ("nl", "panel", EVERY): (
        "synchroniseer alle panelen alsjeblieft",
        "synchroniseer alle alarmen",
        "synchroniseer alle panelen",
    ),
    ("nl", "refresh", (HEALTHY,)): (
        "kun je de status van mill house verversen",
        "ververs even de status van mill house",
        "ververs de status van Mill House",
        "werk de status van Mill House bij",
    ),
    ("nl", "refresh", EVERY): ("ververs de status van alle locaties",),
    ("nl", "status", (HEALTHY,)): (
        "loopt mill house synchroon",
        "heeft mill house een synchronisatie nodig",
        "weet je of mill house gesynchroniseerd is",
        "wat is de synchronisatiestatus van mill house",
        "Is Mill House gesynchroniseerd?",
    ),
    ("nl", "status", EVERY): (
        "zijn alle panelen gesynchroniseerd",
        "zijn alle locaties gesynchroniseerd",
    ),
    ("nl", "last", (HEALTHY,)): (
        "wanneer heeft mill house voor het laatst gesynchroniseerd",
        "wanneer is mill house voor de laatste keer gesynchroniseerd",
        "wanneer zijn de gebruikers van mill house voor het laatst gesynchroniseerd",
        "Wanneer is Mill House voor het laatst gesynchroniseerd?",
    ),
    ("pt-BR", "users", (HEALTHY,)): (
        "sincroniza os usuários da mill house",
        "Você pode sincronizar os usuários da Mill House, por favor?",
        "sincronize os codigos de usuario na mill house",
        "inicie uma sincronizacao de usuarios na mill house",
        "sincronize os usuários na Mill House",
    ),
    ("pt-BR", "users", (ARMED,)): ("sincronize os usuarios do buro sud",),
    ("pt-BR", "users", EVERY): (
        "sincronize os usuários em todo lugar",
        "sincronizar usuarios em todos os lugares",
    ),
    ("pt-BR", "users", WHICH): ("sincronize todos os usuários",),
    ("pt-BR", "panel", (HEALTHY,)): (
        "sincronize o alarme da mill house",
        "pode sincronizar a central de alarme da mill house",
        "sincronize o painel da Mill House, por favor",
    ),
    ("pt-BR", "panel", EVERY): ("sincronize todos os paineis",),
    ("pt-BR", "refresh", (HEALTHY,)): (
        "pode atualizar o status da mill house",
        "atualiza o painel da mill house por favor",
        "atualize o status da Mill House",
    ),
    ("pt-BR", "refresh", EVERY): ("atualize o status de todos os locais",),
    ("pt-BR", "status", (HEALTHY,)): (
        "a mill house esta sincronizada",
        "você sabe se a mill house está sincronizada",
        "a mill house precisa de uma sincronizacao",
        "qual é o status da sincronização da mill house",
    ),
    ("pt-BR", "status", EVERY): (
        "está tudo em dia",
        "tudo está sincronizado",
        "todos os locais estão sincronizados",
    ),
    ("pt-BR", "last", (HEALTHY,)): (
        "quando a mill house foi sincronizada pela ultima vez",
        "quando foi a última vez que a mill house foi sincronizada",
        "qual foi a última sincronização da mill house",
    ),
}

# What sounds alike and must start nothing.
NOT_MEANT = {
    "en": (
        "don't sync the users at the mill house",
        "sync the users at the mill house later",
        "when should i sync the users at the mill house",
    ),
    "de": (
        "synchronisiere die benutzer im mill house nicht",
        "bitte nicht die benutzer im mill house synchronisieren",
        "synchronisiere morgen die benutzer im mill house",
    ),
    "es": (
        "no sincronices los usuarios de mill house",
        "sincroniza los usuarios de mill house mañana",
    ),
    "fr": (
        "ne synchronise pas les utilisateurs de mill house",
        "synchronise les utilisateurs de mill house demain",
    ),
    "nl": (
        "synchroniseer de gebruikers in mill house niet",
        "synchroniseer de gebruikers in mill house morgen",
    ),
    "pt-BR": (
        "não sincronize os usuários da mill house",
        "sincronize os usuários da mill house amanhã",
    ),
}
