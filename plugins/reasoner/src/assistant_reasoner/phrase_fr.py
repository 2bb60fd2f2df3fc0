"""What the reasoner says, in French. Data only: see tongue.py for its form."""

from __future__ import annotations

from typing import Final

from assistant_reasoner.tongue import Tongue, rows

FRENCH: Final = Tongue(
    code="fr",
    name="français",
    plurals=((r"([sxz])$", r"\1"), (r"(eau|eu)$", r"\1x"), (r"al$", "aux"), (r"$", "s")),
    repairs=(
        (r"\b([Ll]es\u2060 [\w' -]+?) est\b", r"\1 sont"),
        (r"\b([Ll]es\u2060 [\w' -]+?) n'est\b", r"\1 ne sont"),
        (r"\u2060", ""),
        (r"\b([Ll]a [\w' -]+? (?:est|n'est pas)) plus grand que", r"\1 plus grande que"),
        (r"\b([Ll]es [\w' -]+? (?:sont|ne sont pas)) plus grand que", r"\1 plus grands que"),
        (r"\b([Ll]|[Dd]|[Qq]u)(?:e|a) (?=(?:[aeiouyéèêâîôœ]|h(?:omme|erbe|orloge|ippo|umain|elmet)))", r"\1'"),
        (r"\bde le (?=\w)", "du "),
        (r"\bde les (?=\w)", "des "),
        (r"\bà le (?=\w)", "au "),
        (r"\bdu (?=[aeiou])", "de l'"),
        (r" +([,.])(?!\.)", r"\1"),
        (r" ([:;!?])", "\u00a0\\1"),
    ),
    listing=(", ", " et "),
    decimal=",",
    forms={
        "bare": "{n} {c}",
        "many": "{N} {C}",
        "a.m": "un {n} {c}",
        "a.f": "une {n} {c}",
        "a.p": "des {N} {C}",
        "nom.m": "un {n} {c}",
        "nom.f": "une {n} {c}",
        "nom.p": "des {N} {C}",
        "the.m": "le {n} {c}",
        "the.f": "la {n} {c}",
        "the.p": "les\u2060 {N} {C}",
        "the.q": "les\u2060 {N} {C}",
        "a.q": "des {N} {C}",
        "nom.q": "des {N} {C}",
        "no.q": "pas de {N} {C}",
        "no.m": "aucun {n} {c}",
        "no.f": "aucune {n} {c}",
        "no.p": "pas de {N} {C}",
        "count": "{k} {N} {C}",
        "one": "1 {n} {c}",
        "one.q": "1 {N} {C}",
        "one.p": "1 paire de {N} {C}",
    },
    colors=rows(
        """
red = rouge/rouge/rouges/rouges
orange = orange
yellow = jaune/jaune/jaunes/jaunes
green = vert/verte/verts/vertes
blue = bleu/bleue/bleus/bleues
purple = violet/violette/violets/violettes
pink = rose/rose/roses/roses
brown = marron
black = noir/noire/noirs/noires
white = blanc/blanche/blancs/blanches
gray = gris/grise/gris/grises
teal = bleu-vert
beige = beige/beige/beiges/beiges
"""
    ),
    places=rows(
        """
top left = en haut à gauche
top = en haut
top right = en haut à droite
left = à gauche
centre = au centre
right = à droite
bottom left = en bas à gauche
bottom = en bas
bottom right = en bas à droite
foreground = au premier plan
background = à l'arrière-plan
whole picture = sur presque toute l'image
"""
    ),
    relations=rows(
        """
left_of = à gauche de {x}
right_of = à droite de {x}
above = au-dessus de {x}
below = sous {x}
inside = dans {x}
on = sur {x}
next_to = à côté de {x}
touching = au contact de {x}
far_from = loin de {x}
in_front = devant {x}
behind = derrière {x}
bigger = plus grand que {x}
edge = au bord de {x}
middle = au milieu de {x}
surrounding = autour de {x}
contains = autour de {x}
outside = hors de {x}
part_of = une partie de {x}
has_part = composé de {x}
across = en face de {x}
attached = attaché à {x}
apart = séparé de {x}
between = entre {x}
unjudged = dans ce rapport avec {x}
"""
    ),
    words=rows(
        """
surfing = surf
skateboarding = skateboard
skiing = ski
snowboarding = snowboard
playing tennis = jouer au tennis
playing baseball = jouer au baseball
playing frisbee = jouer au frisbee
flying kite = faire voler un cerf-volant
riding = rouler
eating = manger
talking on phone = téléphoner
working = travailler
reading = lire
walking = marcher
standing = être debout
sitting = être assis
Yes = Oui
Probably = Probablement
No = Non
Probably not = Probablement pas
yes = oui
no = non
true = vrai
false = faux
none = aucun
indoors = à l'intérieur
outdoors = à l'extérieur
positive = positif
negative = négatif
neutral = neutre
mixed = partagé
once = une fois
times = {k} fois
at = à {time}
frame = , sur l'image à {time}
picture = l'image
video = la vidéo
recording = l'enregistrement
picture_n = l'image {k}
video_n = la vidéo {k}
recording_n = l'enregistrement {k}
nearer = plus proche
farther = plus éloigné
brighter = plus claire
darker = plus sombre
sharper = plus nette
bigger = plus grande
smaller = plus petite
dark = sombre
bright = claire
landscape = format paysage
portrait = format portrait
square = carré
supported = concorde
contradicted = ne concorde pas
unclear = impossible à dire
the speaker = la personne qui parle
the text = le texte
the face = le visage
"""
    ),
    languages=rows(
        """
en = anglais
de = allemand
fr = français
es = espagnol
it = italien
zh = chinois
yue = cantonais
ja = japonais
ko = coréen
ru = russe
pt = portugais
nl = néerlandais
ar = arabe
vi = vietnamien
pl = polonais
tr = turc
"""
    ),
    kinds=rows(
        """
object = les objets
label = ce que montre l'image
shape = les formes
text_line = le texte écrit
color = les couleurs
face = les visages
transcript = ce qui est dit
transcript_segment = ce qui est dit
sentiment = le sentiment
image_facts = la taille et la netteté
video_facts = la durée
language = la langue
caption = une description
keyword = les mots clés
no_speech = si quelqu'un parle
"""
    ),
    sentences=rows(
        """
concept_yes_zero-shot = {lead:word} : je n'ai pas cherché {things} directement, mais l'image dans son ensemble semble
    le montrer (sûr à {sure}).
concept_no_zero-shot = {lead:word} : je n'ai pas cherché {things} directement, mais l'image dans son ensemble ne
    semble pas le montrer (sûr à {sure}).
concept_yes_company = {lead:word} : je n'ai pas cherché {things} directement, mais cela va le plus souvent avec ce que
    je vois (sûr à {sure}).
concept_no_company = {lead:word} : je n'ai pas cherché {things} directement, mais cela va rarement avec ce que je vois
    (sûr à {sure}).
concept_yes_seen = {lead:word} : ce que j'ai perçu parle pour {things} (sûr à {sure}).
concept_no_seen = {lead:word} : j'ai regardé, et ce que j'ai perçu parle contre {things} (sûr à {sure}).
concept_doubt = ce que j'ai perçu ne permet pas de dire s'il y a {things}
guess = Ma meilleure supposition serait {short}, à {sure}.
guess_blind = À l'aveugle je dirais {short}, à {sure}.
unjudged = Si c'est vraiment {words}, je ne peux pas en juger.
has_color_all_yes = Oui, c'est la couleur des {count} : {color} (sûr à {sure}).
has_color_all_no = Non, {count} sur {total} sont d'une autre couleur (sûr à {sure}).
stands_doubt = les cadres ne permettent pas de trancher
extreme_equal = Sur l'image cela paraît égal (sûr à {sure}).
extreme_note = C'est la taille sur l'image, pas la taille réelle.
value = Près de {name} on lit {value}.
value_alone = On lit {value}.
value_others = D'autres lectures possibles : {list}.
brightness = La luminosité moyenne est de {value} sur 100.
blurred_yes = Oui, elle paraît floue (netteté {value} sur 100).
blurred_no = Non, elle paraît assez nette (netteté {value} sur 100).
sharp_yes = Oui, elle paraît nette (netteté {value} sur 100).
sharp_no = Non, elle paraît floue (netteté {value} sur 100).
gray_yes = Elle est en noir et blanc.
gray_no = Elle est en couleur.
orientation = {width} x {height} pixels.
pictures_yes = Oui, d'après ce que je vois (sûr à {sure}).
pictures_no = Non, d'après ce que je vois (sûr à {sure}).
pictures_doubt = ce que je vois sur les images ne permet pas de trancher
closest_somewhere = sur l'image
wearing = Je ne distingue pas les vêtements.
material = Je ne sais pas juger les matières.
praise = Merci ! Tout ce que j'ai dit peut être vérifié avec les preuves affichées.
blame = Je peux me tromper : mes réponses ne valent que ce que j'ai perçu.
missed = Ce que je n'ai pas pu percevoir : {list}.
yes_one = Oui, je vois {thing} {where} (sûr à {sure}).
yes_many = Oui, je vois {things} ; le plus net est {where} (sûr à {sure}).
yes_seen = Oui, je vois {things} (sûr à {sure}).
probably_one = Probablement : quelque chose {where} ressemble à {thing}, mais je n'en suis sûr qu'à {sure}.
yes_label = Probablement oui : l'image dans son ensemble montre {label} ({sure}).
follows_yes = Probablement : je ne reconnais pas {things} directement, mais cela ressemble à {place} : je vois {seen}.
follows_no = Probablement pas : je ne reconnais pas {things} directement, mais cela ressemble à {place} : je vois
    {seen}.
yes_text = Oui, par écrit : on lit {text}.
no = Non, je ne vois {no_thing}.
no_sure = J'en suis sûr à {sure} environ : les petites choses peuvent m'échapper.
no_shape = Non, parmi les formes dessinées je ne vois {no_thing}.
no_almost = Le plus proche est {thing} {where}, à seulement {sure}.
not_color = Je vois bien {things}, mais de couleur {color}.
true_none = C'est exact, je ne vois {no_thing}.
no_but = Si, il y en a : je vois {thing} {where} (sûr à {sure}).
number_yes = Oui, je compte {things}.
number_no = Non, je compte {things}.
count_one = Je compte {thing:one}, {where} (sûr à {sure}).
count_many = Je compte {things} (sûr à {sure}).
count_least = Je compte au moins {things} (sûr à {sure}) ; le nombre exact est difficile à dire.
count_none = Zéro : je ne vois {no_thing} (sûr à {sure}).
count_possible = Il y en a peut-être {more} de plus, dont je suis moins sûr.
count_crowd = Dans une foule j'en manque, c'est donc un minimum.
count_total = Au total : {things}.
placed = Position : {places}.
color = {thing:the} est {color:thing} (sûr à {sure}).
color_mixed = {thing:the} est surtout {color:thing}, avec aussi : {others} (sûr à {sure}).
colors_each = Je vois {list}.
colors_picture = Les couleurs principales sont : {list}.
has_color_yes = Oui, {thing:the} est {color:thing} (sûr à {sure}).
has_color_no = Non, {thing:the} est plutôt {actual:thing} que {color:thing} (sûr à {sure}).
where_one = {thing:the} est {where} (sûr à {sure}).
where_many = Je vois {things} : {places}.
in_region_yes = Oui, {thing:the} est {where} (sûr à {sure}).
in_region_no = Non, {thing:the} est {where} (sûr à {sure}).
stands_yes = Oui, d'après les cadres, {subject:the} est {relation:anchor} (sûr à {sure}).
stands_no = Non, d'après les cadres, {subject:the} n'est pas {relation:anchor} (sûr à {sure}).
stands_at = {subject:the} est {first}, {anchor:the} {second}.
unjudged_relation = les cadres avec lesquels je travaille ne montrent pas cette relation
extreme = Sur l'image, c'est {thing:the} : {share} de l'image, contre {others} (sûr à {sure}).
related_none = Je ne reconnais rien à cet endroit.
what = Cela ressemble à {thing} (sûr à {sure}).
what_list = Je vois {list}.
what_label = C'est peut-être {thing} ({sure}) ; je n'en suis pas sûr.
what_closer = Plus précisément, cela ressemble à {label} ({sure}).
what_kind_only = Je reconnais {thing}, mais pas de quelle sorte.
is_a_yes = Oui, cela ressemble à {thing} (sûr à {sure}).
is_a_no = Non, cela ressemble plutôt à {actual} qu'à {thing} (sûr à {sure}).
region_none = Je ne reconnais rien {where}.
describe = {caption}
describe_in = {name} : {caption}
describe_video = La vidéo montre {list}.
describe_reads = On lit : {text}.
describe_nothing = Je n'ai rien reconnu dans {name}.
place = Cela ressemble à {place} (sûr à {sure}) : je vois {list}.
place_hint = C'est peut-être {place}, mais je n'en suis sûr qu'à {sure} : je vois {list}.
place_yes = Oui, cela ressemble à {place} (sûr à {sure}) : je vois {list}.
place_no = Non, cela ressemble plutôt à {actual} qu'à {place} (sûr à {sure}) : je vois {list}.
read = Il est écrit : {text}.
read_on = Sur {holder:the} il est écrit : {text}.
read_sure = Je suis sûr de la lecture à {sure}.
read_none = Je n'ai pas trouvé de texte dans {name}.
read_yes = Oui, il y a du texte : {text}.
read_word_yes = Oui, je lis {text} {where} (sûr à {sure}).
read_word_no = Non, je ne lis pas {text} ici. Je lis {read}.
read_word_none = Non, je n'ai pas trouvé de texte dans {name}, donc pas {text} non plus.
read_numbers = Je lis le nombre {text} (sûr à {sure}).
read_no_numbers = Je n'y lis aucun nombre.
size = La taille est de {width} x {height} pixels.
video_length = La vidéo dure {seconds}.
said = J'ai entendu : {text}.
said_in = Dans {name} j'ai entendu : {text}.
said_language = C'est en {language} (sûr à {sure}).
said_sure = Je suis sûr des mots à {sure}.
said_none = Je n'ai entendu personne parler dans {name}.
said_about = À propos de {topic}, on dit : {list}
said_about_none = Je n'ai rien entendu à propos de {topic}.
said_yes = Oui, {topic} est mentionné {count} : {list}
said_no = Non, je n'ai pas entendu {topic}.
said_when = {topic} est dit {times}.
said_when_in = La phrase : {text}.
said_times = {topic} est dit {count}.
said_speech_yes = Oui, j'ai entendu parler : {text}.
said_speech_no = Non, je n'ai entendu personne parler.
said_length = {name} dure {seconds}.
said_at = À ce moment j'ai entendu : {list}.
said_at_none = À ce moment je n'ai entendu personne parler.
said_nearest = Le plus proche : {list}.
said_first = Les premiers mots sont {text} ({time}).
said_last = Les derniers mots sont {text} ({time}).
said_summary = L'essentiel : {list}.
said_numbers = J'ai entendu ces nombres : {list}.
said_names = J'ai entendu ces noms : {list}.
said_prices = J'ai entendu ces prix : {list}.
said_dates = J'ai entendu ces dates ou heures : {list}.
said_found_none = Je n'ai rien entendu de tel.
said_longer = On parle plus longtemps dans {name} : {seconds}, contre {others}.
said_one_speaker = À l'intérieur d'un enregistrement je ne distingue pas les voix.
said_related = Probablement, en d'autres mots : {list} (sûr à {sure}).
said_after = Après {topic} j'ai entendu : {list}.
said_before = Avant {topic} j'ai entendu : {list}.
said_after_none = Rien d'autre n'est dit alors.
said_while = Pendant que {thing:the} est visible, j'ai entendu : {list}.
said_while_none = Pendant que {thing:the} est visible, je n'ai entendu personne parler.
language = C'est du {language} (sûr à {sure}).
language_no = Non, cela ressemble à du {language} (sûr à {sure}).
language_yes = Oui, c'est du {language} (sûr à {sure}).
speakers_one = J'entends parler une seule personne (sûr à {sure}).
speaker_says = Voix {k} ({time}) : {text}
voices_apart = Je distingue {count} voix, mais je ne sais pas à qui elles appartiennent (sûr à {sure}).
turns_more = La suite, à partir de {time}, est omise (interventions : {count}).
who_speaks = Je ne peux pas dire qui parle : je reconnais les mots, pas les voix.
feels = {subject:word} donne une impression : {feeling} (sûr à {sure}).
feels_yes = Oui, l'impression est : {feeling} (sûr à {sure}).
feels_no = Non, l'impression est : {feeling} (sûr à {sure}).
feels_quote = Le passage le plus fort : {text} ({feeling}).
feels_words_only = Seuls les mots ont été jugés, ni la voix ni un visage.
compare_only = Seulement dans {name} : {list}.
compare_both = Dans les deux : {list}.
compare_count = {name} : {list}.
compare_light = {name} est {word:word} que {other}.
compare_same_bytes = C'est exactement la même image.
shared_none = Dans ce que je reconnais, il n'y a rien de tel.
compare_alike = Je ne vois pas de différence dans ce que je reconnais.
compare_differ = Non, elles diffèrent.
compare_need_two = Pour comparer il me faut deux images ; j'en ai {count}.
compare_which = {name} : {why}.
compare_none = Aucune des deux : je ne vois {no_thing}.
compare_equal = Elles sont égales sur ce point.
choose = {option:thing} : {why}
choose_guess = Parmi ces choix, {option:thing} correspond le mieux, mais je n'en suis sûr qu'à {sure}.
appears = {thing:the} est visible à {times} (sûr à {sure}).
appears_note = J'ai regardé {count} images de la vidéo ; le moment exact peut se trouver entre elles.
video_seen = Je vois {thing} sur {count} des {total} images regardées, d'abord à {first}, en dernier à {last} (sûr à
    {sure}).
video_enters = L'arrivée se situe entre {low} et {high}.
video_leaves = Le départ se situe entre {low} et {high}.
video_start = La première image regardée le montre déjà.
video_end = La dernière image regardée le montre encore.
video_lasts = C'est visible pendant {least} au moins, et {most} au plus.
video_most = Au plus {things} à la fois, {where} (sûr à {sure}).
video_shows = {time} : je vois {list}
video_says = {time} : j'entends {text}
video_new = Nouveau à la fin : {list}.
video_gone = Plus là à la fin : {list}.
video_same = Entre le début et la fin je ne vois pas de changement dans ce que je reconnais.
agree_yes = Oui, pour autant que je puisse le vérifier, cela concorde (sûr à {sure}).
agree_no = Non, cela ne concorde pas (sûr à {sure}).
agree_unclear = Je ne peux pas vérifier cela avec ce que j'ai perçu.
agree_supported = {claim} : concorde, je vois {seen}.
agree_contradicted = {claim} : ne concorde pas, je vois {seen}.
agree_unknown = {claim} : impossible à dire.
agree_reads = {claim} : c'est aussi écrit, {seen}.
about_which = {name} correspond le mieux (sûr à {sure}) : {list}.
about_which_none = Aucune image ne correspond clairement à ce qui est dit.
same_place_yes = Probablement le même genre d'endroit, {place} (sûr à {sure}). Si c'est le même endroit exactement, je
    ne peux pas le dire.
same_place_no = Probablement pas : {name} paraît être {place}, {other} plutôt {second} (sûr à {sure}).
cannot = Je ne peux pas le dire d'après ce que j'ai perçu : {reason}.
cannot_see = Je ne peux pas dire s'il y a {thing} : {reason}.
unknown_class = aucun des plugins installés ne reconnaît {things} dans une image
not_found = je n'ai trouvé {no_thing} dans {name}
no_plugin = aucun plugin installé ne donne : {what}
not_perceived = cela n'a pas été perçu dans {name} : {what}
do_see = Ce que je vois : {caption}
no_picture = Il n'y a pas encore d'image. Envoyez-en une (JPEG, PNG, WebP, ...) et redemandez.
no_recording = Il n'y a pas encore d'enregistrement. Envoyez un message vocal ou un fichier audio et redemandez.
no_video = Il n'y a pas encore de vidéo. Envoyez-en une et redemandez.
no_such_picture = Il n'y a pas d'image numéro {index} ; j'en ai {count}.
who = Je ne peux pas dire qui c'est : je reconnais des personnes, pas leur identité.
activity = Je reconnais des choses, pas des actions ; je ne peux donc pas dire ce qui se fait.
why = Je ne peux pas dire pourquoi : je perçois ce qui est là, pas les raisons.
age = Je ne sais pas estimer les âges.
gender = Je ne peux pas dire si c'est un homme ou une femme.
weather = Je ne sais pas juger le temps qu'il fait.
time = Une image ne me dit ni l'heure ni la saison.
price = Je ne connais pas les prix, sauf s'ils sont écrits sur l'image.
sound_only = Je reconnais la parole, pas les autres sons.
feeling = Je ne sais pas juger les humeurs sur une image.
emotion = Je ne sais pas lire les sentiments sur un visage.
unknown = Je n'ai pas compris cela comme une question sur ce que vous avez envoyé.
world = Je réponds seulement sur ce que vous m'envoyez, pas sur le monde en général.
voice_message = le message vocal
remark = Si c'était une question, je ne l'ai pas comprise.
closest_heard = Le passage le plus proche que j'ai entendu : {text} ({time}).
closest_read = Le passage le plus proche que j'ai lu : {text} ({where}).
closest_sure = Je le cite parce qu'il parle de la même chose ; je suis sûr à {sure} qu'il répond.
greeting = Bonjour ! Envoyez-moi une image, un message vocal ou une vidéo, et posez-moi vos questions.
greeting_files = Bonjour ! Posez-moi vos questions sur ce que vous avez envoyé.
greeting_again = Rebonjour ! Posez-moi vos questions sur ce que vous avez envoyé.
thanks = Avec plaisir !
goodbye = Au revoir !
acknowledge = D'accord.
mood = Je vais bien, merci. Que dois-je regarder ou écouter ?
identity = Je suis Sensorium, un programme qui perçoit ce que vous envoyez et en répond, preuves à l'appui. Je ne suis
    pas une personne.
capabilities = Je réponds aux questions sur ce que vous m'envoyez, d'après ce que j'y ai perçu, et je montre les
    preuves.
can_ask = Demandez par exemple : « Que voit-on sur l'image ? », « Combien de personnes y a-t-il ? », « De quelle
    couleur est la voiture ? », « Qu'est-ce qui est écrit ? », « Qu'est-ce qu'ils ont dit ? »
evidence = Je me fonde sur ceci : {list}.
evidence_none = Je n'ai rien perçu qui l'indique, et c'est là-dessus que repose ma réponse.
evidence_sure = Dans l'ensemble j'en suis sûr à {sure}.
unasked = Je ne vous ai encore rien dit dont je pourrais être sûr.
attached_text = Vous avez envoyé un texte. Posez-moi une question à son sujet.
nothing_perceived = Je n'ai rien pu percevoir dans ce que vous avez envoyé : {reason}.
pictures = Vous avez envoyé {list}.
alike_yes = Oui, les deux ont la même couleur, {color} : {first:the} et {second:the} (sûr à {sure}).
alike_no = Non : {first:the} est {color:first}, {second:the} est {other:second} (sûr à {sure}).
class_only = Je reconnais {name}, mais je ne peux pas dire s'il s'agit précisément de “{words}”.
people_only = Je reconnais des personnes, mais pas si ce sont des “{words}”.
color_worn = Je ne distingue pas ce vêtement à lui seul ; les couleurs de {thing:the} sont surtout : {list}.
cannot_much = Aucun plugin qui perçoit les images ou le son n'est installé pour le moment.
choose_nothing = rien de ce que j'ai perçu ne parle pour l'un de ces choix : {list}
choose_doubt = rien de ce que j'ai perçu ne parle nettement pour l'un de ces choix : {list}
depth = {thing:the} paraît {how:word} (sûr à {sure}) : j'en juge par la taille et la hauteur sur l'image.
nearer = Sur l'image, {thing:the} est le plus près de {subject:the} (sûr à {sure}).
place_nothing = je ne vois rien qui soit typique d'un lieu
drawn_yes = Oui, cela correspond au dessin ; je me fonde sur ceci : {list}.
drawn_no = Non, cela ne correspond pas au dessin ; je me fonde sur ceci : {list}.
drawn_none = {verdict} : rien d'autre sur le dessin ne s'y rapporte ; je vois {list}.
drawn_unread = je n'ai pas compris toute la phrase sur le dessin
feels_because = C'est un jugement d'ensemble sur les mots, la voix et le visage, selon ce qui est disponible.
quality = Netteté {sharpness}, luminosité {brightness}, contraste {contrast} sur 100.
read_after = Après {line} vient {text}.
read_before = Avant {line} vient {text}.
read_brand = Le nom qui ressort est {text}.
read_lines = Je lis {count}.
read_title = Le texte le plus grand est : {text}.
read_nth = On y lit {text}.
read_no_line = je ne lis {text} nulle part
read_too_few = je ne lis que {count}
said_quote = {text} ({time})
unknown_hint = Vous pouvez demander, par exemple : ce qu'on voit sur l'image, combien de chiens il y a, de quelle
    couleur est la voiture, ce qui est écrit ou ce qui a été dit.
value_none = je ne lis rien de tel ({what}{name})
value_price = prix
value_time = heure
value_date = date
value_phone = numéro de téléphone
value_email = adresse e-mail
value_url = adresse web
value_percent = pourcentage
value_number = nombre
value_address = adresse
value_text = texte
value_any = valeur
where_beside = C'est {relation:other}.
asked_many = {what} : {list}, sûr à {sure}.
asked_yes = Oui : {list}, sûr à {sure}.
asked_no = Non : {list}, sûr à {sure}.
asked_count = {count} : {list}, sûr à {sure}.
asked_none = Cela a été cherché, sans rien trouver ({what}, {where}).
example = Je garde cela comme exemple pour les répondants qui apprennent par l'exemple, comme les modèles de langage ;
    mes propres réponses, je les calcule.
"""
    ),
)
