"""How questions are asked in French. Data only: see grammar.py for its form."""

from __future__ import annotations

from typing import Final

from assistant_reasoner.grammar import Grammar

FRENCH: Final = Grammar(
    code="fr",
    function_words="""haut bas à lit beaucoup cela
        donc voilà euh truc
        le la les un une des du de et est ce que qui quoi quel quelle quels quelles où combien comment
        pourquoi quand il elle ils elles y a t dans sur sous avec sans pour par au aux ou je tu vous nous mon ma mes son
        cette cet ces ça sont ont dit dis dire fait peux peut pouvez voit vois voyez c l d qu s j n pas plus moins bien
        merci bonjour salut bonsoir décris décrivez lis lisez montre photo gauche droite devant derrière entre image
        couleur êtes avez as parle parlent écrit oui non vraiment sûr vidéo enregistrement voix autre deuxième première
        aussi alors mais chose chaque tout tous toutes résume transcris""",
    lexicon="""
article = un, une, des, d, de la, du, de, de l, quelque, quelques, plusieurs, certains
the = le, la, les, l, ce, cet, cette, ces, mon, ma, mes, son, sa, ses, votre, notre
no = aucun, aucune, pas de, pas d
number 1 = 1
number 2 = deux
number 3 = trois
number 4 = quatre
number 5 = cinq
number 6 = six
number 7 = sept
number 8 = huit
number 9 = neuf
number 10 = dix
least at least = au moins
least at most = au plus
least exactly = exactement
least more than = plus de, plus d
least fewer than = moins de, moins d
size big = grand, grande, grands, grandes, gros, grosse, gros
size small = petit, petite, petits, petites
size biggest = plus grand, plus grande
size smallest = plus petit, plus petite
color orange = orangé, orangée
color brown = brun, brune, bruns, brunes, châtain
color pink = rosé
color purple = mauve, lilas, pourpre
color teal = turquoise, cyan
color beige = crème
color gray = argenté, argentée
color yellow = doré, dorée
relation left of = à gauche de, à gauche du, à gauche des, à la gauche de
relation right of = à droite de, à droite du, à droite des, à la droite de
relation next to = à côté de, à côté du, à côté des, près de, près du, près des
relation in front of = devant
relation behind = derrière
relation under = sous, en dessous de, en dessous du, en dessous des, au dessous de, au dessous du, au dessous des
relation above = au dessus de, au dessus du, au dessus des
relation on = sur
relation in = dans, à l intérieur de, à l intérieur du, à l intérieur des
relation far from = loin de, loin du, loin des
relation touching = touche, touchant
region on the left = à gauche, sur la gauche, du côté gauche, de gauche
region on the right = à droite, sur la droite, du côté droit, de droite
region at the top = en haut
region at the bottom = en bas
region in the center = au milieu, au centre
region in the background = à l arrière plan, en arrière plan, au fond
region in the foreground = au premier plan
pronoun it = il, elle, ça, cela, ceci
pronoun they = ils, elles, eux
join and = et
join or = ou
drop = là, ici, visible, visibles, présent, présente, présents, présentes, est, qui est, qui sont
""",
    macros="""
each = (combien (?:de |d ))(.+?) et (?:combien )?(?:de |d )(.+?)((?: (?:y a t il|il y a|vois tu|voit
    on|vois|sur|dans).*)?)
asks = (?:combien|quand|qui|que|quel|quelle|de quelle|qu|y a t il|est ce|ou (?:est|sont|se)|c est)
and = et|mais|et alors
lead = est ce que|est ce qu|s il (te|vous) plait|svp|stp|(peux tu|pouvez vous|tu peux|vous pouvez|pourrais tu|pourriez
    vous) (me|nous)
    (dire|décrire|montrer|lire) [si]|dis moi [si]|dites moi [si]|je (voudrais|veux|aimerais) savoir [si]|est ce que tu
    (peux|pourrais) me dire [si]|alors|bon|ok|et alors|bonjour|salut|merci|sais tu [si]|savez vous [si]
tail = s il (te|vous) plait|svp|stp|merci|exactement|au total|en tout
is = (est il|est elle|est|sont ils|sont elles|sont|était|c est)
there = (y a t il|est ce qu il y a|il y a t il|il y a|y a|on voit|voit on|vois tu|voyez vous|tu vois|vous voyez|
    est ce qu on voit|est ce que tu vois|est ce que vous voyez|peut on voir|peux tu voir|trouve t on|existe t il)
seen = (y a t il|il y a|voit on|on voit|vois tu|voyez vous|tu vois|vous voyez|sont visibles|est visible|peut on voir|
    peux tu voir|est ce qu il y a|est ce que tu vois|comptes tu|y sont)
they = (il|elle|on|ils|elles|cette personne|la personne|l homme|la femme|le monsieur|la dame|<voice>|tu|vous)
voice = (l enregistrement|la voix|le message [vocal]|l audio|le locuteur|la personne qui parle|la vidéo|cet
    enregistrement|ce message [vocal])
said = (dit|disent|dis|raconte|racontent|parle|parlent|mentionne|mentionnent|dites|a dit|ont dit|a parlé|ont parlé|
    a t il dit|a t elle dit|a t on dit|ont ils dit|ont elles dit|est dit|a été dit|se dit|dit il|dit elle|disent ils|
    parle t il|parle t elle|parle t on|mentionne t il|mentionne t elle|mentionne t on|ont mentionné|a mentionné|dit on)
quoi = (que|qu|qu est ce qu|qu est ce que|qu est ce qui|quoi|ce que|ce qu|de quoi|de quoi est ce que|qu y a t il)
place = (pièce|endroit|lieu|salle|genre de lieu|type de lieu|genre d endroit|type d endroit|type de pièce)
""",
    pictures="""
in = (dans|sur|de|à|en) [(l|la|le|cette|cet|ce|votre|mon|ma|son)] (image|photo|photographie|dessin|tableau|vidéo|clip|
    film|scène|cliché)
of = (l|la|le|cette|cet|ce|votre|mon|ma) (image|photo|photographie|dessin|tableau|scène|cliché)
in both = (dans|sur) (les deux (images|photos)|les images|les photos|chacune [des images])
of both = les deux (images|photos)|les images|les photos
in nth = (dans|sur|de) (la|le|l) # (image|photo|vidéo|photographie|une)
in nth2 = (dans|sur|de) la #
of nth = (la|le|l) # (image|photo|vidéo)
ordinals = première|1re|1ère, deuxième|seconde|2e|2ème|autre, troisième|3e|3ème, quatrième|4e
""",
    rules="""
(peux tu|pouvez vous|tu peux|vous pouvez) [me|nous] décrire [...] => describe the picture
(est ce|c est) [une] [(photo|image|@i)] en noir et blanc|@i est [elle] en noir et blanc => is the picture black and
    white
quelle heure est il [@p] => what time is it
(fait il|est ce|c est) [le] (jour ou [la] nuit|la nuit ou [le] jour) => is it day or night
c est quoi [comme] {x} => what {x} is this
que (lit on|peut on lire|lis tu|est il écrit|est ce qui est écrit) {q} [@p] => what does it say {q}
(quelqu un|est ce que quelqu un) porte [t il] {x} [@p] => is anyone wearing a {x}
[à] combien (coûte|coûtent|vaut|valent|fait|font) {k} [@p] => how much does the {k} cost
combien (coûte|coûtent|vaut|valent) t (il|elle) => how much does it cost
(quel est|c est quoi|quel) [le] prix (de|du|des|d) {k} [@p] => how much does the {k} cost
{k} (coûte|coûtent|est à) combien => how much does the {k} cost
(quel est|quelle est) (le plat|l article|la chose|le produit) [(le|la)] moins (cher|chère)|qu est ce qui (est le moins
    cher|coûte le moins [cher]) => what is the cheapest
(quel est|quelle est) (le plat|l article|la chose|le produit) [(le|la)] plus (cher|chère)|qu est ce qui (est le plus
    cher|coûte le plus [cher]) => what is the most expensive
(quel est|c est quoi|donne moi|donnez moi) le numéro de téléphone [@p] => what is the phone number
(quelle est|c est quoi) la date [@p] => what is the date
(quel est|combien fait|c est quoi) le (total|montant [total]) [@p]|combien (faut il|dois je) payer => what is the total
combien de lignes [de texte] [<there>] [(sont écrites|lis tu)] [@p] => how many lines of text are there
combien de mots [<there>] [(sont écrits|lis tu)] [@p] => how many words are written there
(quel est|que dit|lis) le (plus (gros|grand) texte|texte le plus (gros|grand)|titre) [@p] => what is the largest text
(qu est ce qui|lequel|laquelle|quel|qui) est [(le|la)] plus (grand|grande|gros|grosse) [entre] [@p] {x} (ou|et) {y} =>
    which is bigger, the {x} or the {y}
(qu est ce qui|lequel|laquelle|quel|qui) est [(le|la)] plus (petit|petite) [entre] [@p] {x} (ou|et) {y} => which is
    smaller, the {x} or the {y}
[est ce que] {x} (est|sont) [(il|elle|ils|elles)] plus (proche|proches|près) (de|du|des|d) {y} ou (de|du|des|d) {z} =>
    is the {x} closer to the {y} or to the {z}
[est ce que] {x} (est|sont) [(il|elle|ils|elles)] plus (grand|grande|grands|grandes|gros|grosse|grosses) (que|qu) {y} =>
    is the {x} bigger than the {y}
[est ce que] {x} (est|sont) [(il|elle|ils|elles)] plus (petit|petite|petits|petites) (que|qu) {y} => is the {x} smaller
    than the {y}
[est ce que] {x} et {y} (sont|ont) [(ils|elles)] (de la même|la même) couleur => are the {x} and the {y} the same color
(vrai ou faux|est il vrai|est ce vrai|c est vrai) [(que|qu)] il y a {x} [@p] => true or false: there is a {x}
(vrai ou faux|est il vrai|est ce vrai|c est vrai) [(que|qu)] il n y a (pas de|pas d|aucun|aucune) {x} [@p] => true or
    false: there is no {x}
(que|qu est ce que) porte {x}|comment est (habillé|habillée) {x} => what is the {x} wearing
combien de temps dure (la|cette) vidéo|quelle est la durée [de] [(la vidéo|@p)] => how long is the video
[(sur|dans|à)] quelle (image|photo) (y a t il|voit on|il y a|vois tu) [le] plus (de|d) {x} => which picture has more
    {x:s}
[(sur|dans|à)] quelle (image|photo) (y a t il|voit on|il y a|vois tu) {x} => which picture has a {x}
(bonjour|salut|bonsoir|coucou) [à tous] => hello
(merci|merci (beaucoup|bien|à toi|à vous)) => thank you
(au revoir|à bientôt|salut|adieu|bonne (nuit|journée)) => goodbye
(que|qu est ce que) (peux tu|tu peux|sais tu|tu sais|pouvez vous|vous pouvez) [faire] => what can you do
aide|aidez moi|comment ça marche|à quoi (sers tu|tu sers) => what can you do
(qui|qu) (es tu|êtes vous|est tu) => who are you
comment [ça] (va|vas tu|allez vous) [tu] => how are you
(es tu|tu es|êtes vous|vous êtes|c est) (sûr|sûre|certain|certaine) [de ça|de toi] => are you sure
vraiment => are you sure
pourquoi|comment (le sais tu|tu le sais|le savez vous) => why
et {x} => and the {x}
et @p => and in the picture
combien|et combien|combien (y en a t il|il y en a) => how many
(de|et de) quelle couleur => what color
où [ça]|et où => where
quand|et quand => when
(combien|quel nombre) (de|d) fois <said> [<they>] [le mot|les mots] {t} => how many times did they say {t}
(combien|quel nombre) (de|d) fois (le mot|les mots) {t} (est il|sont ils|est|sont) (dit|dits|prononcé|mentionné)s => how
    many times did they say {t}
combien de temps (parle|parlent|a parlé|ont parlé) [...]|combien de temps (dure|durent) <voice> => how long is the
    recording
combien de temps (voit on|est|reste t) {x} [visible] => how long is the {x} visible
combien (de|d) {x} (au plus|au maximum) [...]|combien (de|d) {x} [<seen>] (au plus|au maximum|en même temps) [...] =>
    how many
    {x:s} are there at most at once
[<there>] combien (de|d) {x} [@p] [<seen>] [@p] => how many {x:s} are there
combien (il y a|y a t il|y a) (de|d) {x} [@p] => how many {x:s} are there
(compte|comptez) [(les|le|la|l)] {x} => how many {x:s} are there
quel est le nombre (de|d) {x} => how many {x:s} are there
<there> (plus|davantage) (de|d) {x} que (de|d) {y} => are there more {x:s} than {y:s}
<there> moins (de|d) {x} que (de|d) {y} => are there fewer {x:s} than {y:s}
<there> autant (de|d) {x} que (de|d) {y} => are there as many {x:s} as {y:s}
(quelle|laquelle) [est] [des] [image|photo] [qui] (a|contient|montre) le (plus|plus grand nombre) (de|d) {x} => which
    picture has
    more {x:s}
(quelle|laquelle|sur quelle|dans quelle) [est] [des] [image|photo] [qui] (a|contient|montre|voit on|y a t il) {x} =>
    which
    picture has a {x}
(quelle est la|quelles sont les|trouve les|montre les) (différence|différences) [entre [@i]] [@p] [...] => what is the
    difference between the pictures
(compare|comparez) [...] => what is the difference between the pictures
qu (ont elles|ont ils|y a t il) (en commun|de commun) [...] => what is in both pictures
(est ce|sont ce|est ce que c est|c est) (le même (endroit|lieu)|au même endroit) [...] => are they the same place
[est ce que] (les deux|@i|elles|ce) (sont|est) [(elles|ils)] (identiques|pareilles|les mêmes|la même) [...] => are
    they the same
(est ce|c est) @i (à l intérieur ou à l extérieur|dedans ou dehors) => is it indoors or outdoors
(est ce|c est|est ce que c est) [pris] à l intérieur [ou à l extérieur] => is it indoors or outdoors
(est ce|c est|est ce que c est) [pris] (à l extérieur|dehors) => is it outdoors
(est ce|est ce que c est|c est) {x} ou {y} => is it a {x} or a {y}
(est ce|est ce que c est|c est|s agit il) (de|d) {x} => is this a {x}
(est ce|est ce que c est|c est|s agit il d|s agit il de) {x} => is this a {x}
qu est ce que c est [que ça|que ceci] [@p] => what is this
c est quoi [ça] => what is this
qu est ce => what is this
(quel|quelle|quels|quelles) [(type|genre|sorte|espèce|race)] [(de|d)] {x} [(est ce|c est|voit on|vois tu|y a t il|est
    visible|est @p|@p)] => what {x} is this
(quel|quelle|de quelle|de quel) [est] (type|genre|sorte|espèce|race) [(de|d)] {x} => what kind of {x} is this
(quelle|quelles) couleurs [(y a t il|voit on|domine|dominent|est dominante|est la principale)] [@p] => what colors are
    there
(quelle est la|quelles sont les) (couleur|couleurs) (principale|principales|dominante|dominantes) [@p] => what colors
    are there
(quelle couleur|de quelle couleur|quelle est la couleur) [(est|sont|a|ont|de|du|des|d)] [(les)] {x} [(est elle|est
    il|sont ils|
    sont elles|a t elle|a t il)] [@p] => what color is the {x}
{x} (est|sont) [il|elle|ils|elles] de quelle couleur => what color is the {x}
(vrai ou faux|est il vrai que) {x} (est|sont) {q} => true or false: the {x} is {q}
c est (quelle couleur|de quelle couleur) {x} => what color is the {x}
c est de quelle couleur => what color is it
(où|à quel endroit|dans quel lieu) (a t elle|a t il|a|est) [@i] [été] (prise|pris|photographiée|cette photo
    prise|faite) [@i] => where is this
où (sommes nous|est on|est ce|se passe la scène|cela se passe|c est pris|a été prise @i|@i a t elle été prise) =>
    where is this
(quelle|quel|dans quelle|dans quel) [est] <place> [(est ce|c est|est il|est elle|voit on|montre @i|sommes nous)] [@p]
    => what
    room is this
(où|de quel côté) (est|sont|se trouve|se trouvent|se situe|est située|est situé) [(il|elle)] {x} [@p] => where is the
    {x}
où {x} (est il|est elle|se trouve t il|se trouve t elle|sont ils) => where is the {x}
(montre|trouve|montrez|trouvez|localise) [moi] (où est [le|la]|) {x} => where is the {x}
(<quoi>|que) [(y a t il|il y a|vois tu|voit on|se trouve|est|on voit)] à (gauche|la gauche) (de|du|des) {x} => what is
    left of the {x}
(<quoi>|que) [(y a t il|il y a|vois tu|voit on|se trouve|est|on voit)] à (droite|la droite) (de|du|des) {x} => what is
    right of the {x}
(<quoi>|que) [(y a t il|il y a|vois tu|voit on|se trouve|est|on voit)] {q} [@p] => what is {q}
(qu est ce qui est écrit|qu est il écrit|qu y a t il d écrit|que lit on|qu est ce qu on lit|que peut on lire|qu est ce
    qu il y
    a d écrit|que lis tu|qu est ce que tu lis) [(là|ici|dessus)] [@p] => what does it say
(lis|lisez|transcris|extrais) [moi] (le|la|les|ce) (texte|mots|inscription|écriteau|page) [@p] => read the text
(quel est le|que dit le) texte [@p] => what does it say
que (dit|disent|lit on sur|est il écrit sur|peut on lire sur|montre) {x} [@p] => what does the {x} say
(qu est ce qui est|qu est il|qu y a t il d) écrit sur {x} => what does the {x} say
<there> (du|un|des|le|de l) (texte|mots|écriture|inscription|inscriptions) => is there any text
(est il|est ce qu il est|il est) écrit {t} [@p] => does it say {t}
[(est ce que|)] (le mot|les mots) {t} (est il|est|apparaît il) (écrit|visible|présent) [@p] => does it say {t}
(que dit|que veut dire) @i => what does it say
[est ce que] ce qu (il|elle|on) dit (correspond [il]|concorde|est vrai) [à|avec] [@i] [@p] => does what they say match
    the picture
(est ce que|) ce qui est dit (correspond|concorde|est vrai) [à|avec] [@i] [@p] => does what they say match the picture
(de|à) quelle image (parle t il|parle t elle|parle t on|correspond ce qu il dit) => which picture is he talking about
(que|qu est ce que|qu) [on|il|elle] (dit on|entend on|on entend|entends tu|dit il|dit elle|dit|disent ils) pendant
    (que|qu) {x} est
    visible => what is said while the {x} is visible
(résume|résumez|fais un résumé [de]|quel est le résumé [de]) [(<voice>|ce qui est dit|ce qui a été dit|le)] =>
    summarise the recording
(quelle|en quelle|dans quelle) langue [...] => what language is spoken
(parle t il|parle t elle|est ce|est ce que c est|parlent ils) en (anglais) => is he speaking English
(quels|quelles) (nombres|chiffres) [<said>] [<they>] [sont mentionnés|sont dits|...] => what numbers were mentioned
(quels) (noms) [...] => what names were mentioned
(quelles) (dates) [...] => what dates were mentioned
(quels) (prix) [sont|<said>|a t on|...] [mentionnés|...] => what prices were mentioned
(quelle est la|quels sont les) (première|premiers) (chose|mots|phrase) [...] => what was the first thing they said
(quelle est la|quels sont les) (dernière|derniers) (chose|mots|phrase) [...] => what was the last thing they said
(quand|à quel moment|à quelle seconde) (est ce qu|est ce que|) [<they>] <said> [<they>] [(de|du|des|d|le mot)] {t} =>
    when did
    they mention {t}
(quand|à quel moment) (parle t on|est il question) (de|du|des|d) {t} => when did they mention {t}
(quand|à quel moment) (voit on|apparaît|apparaissent|vois tu|on voit|est visible|arrive) {x} [@p] => when does the {x}
    appear
(quand|à quel moment) [(est ce que|est ce qu)] {x} (apparaît|apparaît il|apparaît elle|est visible|est il visible|est
    elle
    visible) [@p] => when does the {x} appear
<quoi> [(a t il|a t elle|ont ils|a t on|il a|elle a|ils ont|on a|est ce qu il|est ce qu on)] [<they>] <said> [<they>]
    (sur|à propos (de|du|des)|au sujet (de|du|des)|de|du|des|d|concernant) {t} => what did they say about {t}
[est ce qu|est ce que] [<they>] <said> [<they>] (de|du|des|d|à propos (de|du)|le mot) {t} => did they mention {t}
(ont ils|a t il|a t elle|a t on) (parlé|mentionné|dit) (de|du|des|d|le mot|) {t} => did they mention {t}
<quoi> [(a t il|a t elle|ont ils|a t on|il a|elle a|ils ont|on a|il|elle|on|ils)] [<they>] <said> [<they>] [@p] =>
    what did they say
(que|qu) (entends tu|entend on|entendez vous|est ce qu on entend|est ce que tu entends) => what did they say
(transcris|transcrivez|transcription) [...] => transcribe the recording
qui (parle|parlait|est en train de parler) => who is speaking
(quelqu un|est ce que quelqu un|est ce qu on) parle [t il] => is anyone speaking
(comment se sent|quelle est l humeur|quel est le sentiment|quel est le ton|quelle est l émotion) [(de|du)] [<they>]
    [...] => how
    does the speaker feel
(est ce que|est ce qu|) (<they>) (est|a l air|semble|est il|est elle|a t il l air|a t elle l air)
    [(content|contente|heureux|
    heureuse|joyeux)] => is the speaker happy
(est ce que|est ce qu|) (<they>) (est|a l air|semble|est il|est elle) (triste|fâché|fâchée|en colère|mécontent) => is
    the speaker angry
(que|qu) se passe t il @p [...]|que se passe t il|qu est ce qui se passe [@p] => what happens in the video
(qu est ce qui|que) change [t il] [...] entre le début et la fin [...] => what changes between the start and the end
(quelle est la (taille|résolution|dimension)|combien de pixels) [...] => how big is the picture
(@i|est ce que @i) est [elle] floue => is the picture blurred
(@i|est ce que @i) est [elle] (net|nette) => is the picture sharp
qui (est ce|est|c est|voit on) [(cette personne|cet homme|cette femme)] [@p] => who is this
que (fait|font) {x} => what is the {x} doing
quel temps fait il => what is the weather
quel âge (a|ont) [t il|t elle] [...] => how old is he
pourquoi ... => why is that
(décris|décrivez|décrire) [...] => describe the picture
(que|qu est ce que|qu|qu est ce qu) (vois tu|voit on|voyez vous|montre @i|tu vois|vous voyez|on voit|il y a|y a t
    il|on peut
    voir|représente @i|contient @i) [@p] => describe the picture
(qu y a t il|quoi|qu est ce qu il y a) [@p] => describe the picture
<there> (plus|davantage) (de|d) {x} => are there more than {x}
(n y a t il|il n y a) (pas de|pas d|aucun|aucune) {x} [@p] => is there no {x}
(<there>|est ce que <there>) [jamais] {x} [(@p|visible|ici|là)] [@p] => is there a {x}
[est ce que] {x} (<is>) {q} => is the {x} {q}
(le|la|l|les) {x} (est|sont) [il|elle|ils|elles] {q} => is the {x} {q}
[est ce que] {x} (est|sont) (elle|il|elles|ils) {q} => is the {x} {q}
@p {x} => is there a {x}
(un|une|des) {x} [@p] => is there a {x}
""",
)
