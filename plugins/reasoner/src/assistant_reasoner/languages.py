"""Simple questions in Chinese, French, Spanish and German, by table. English is parsed in full: see parse.py.

Chinese is answered in Chinese where phrase_zh.py has the words; the others are answered in English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from assistant_reasoner.nouns import noun_phrase
from assistant_reasoner.programs import (
    ColorOf,
    Compare,
    Count,
    Describe,
    Facts,
    Locate,
    Place,
    Presence,
    Program,
    Read,
    Related,
    Sentiment,
    SmallTalk,
    Thing,
    Transcript,
    WhatIs,
)


def _pairs(text: str) -> dict[str, str]:
    """Lines of "english: word, word" as word -> english."""
    table = {}
    for entry in text.replace("\n", ";").split(";"):
        if ":" in entry:
            english, words = entry.split(":")
            for word in words.split(","):
                table[word.strip()] = english.strip()
    return table


CHINESE: Final[Mapping[str, str]] = _pairs(
    """person: 人, 人物, 行人; man: 男人, 男士, 男孩, 男子; woman: 女人, 女士, 女孩, 女子
    child: 孩子, 小孩, 儿童; baby: 婴儿, 宝宝; bicycle: 自行车, 单车, 脚踏车
    car: 汽车, 车子, 轿车, 小汽车, 车; motorcycle: 摩托车; airplane: 飞机; bus: 公共汽车, 公交车, 巴士, 大巴
    train: 火车, 列车; truck: 卡车, 货车; boat: 船, 小船; traffic light: 红绿灯, 交通灯, 信号灯
    fire hydrant: 消防栓; stop sign: 停车标志, 停止标志; parking meter: 停车计时器; bench: 长椅, 长凳
    bird: 鸟, 小鸟; cat: 猫, 猫咪, 小猫; dog: 狗, 小狗, 狗狗; horse: 马; sheep: 羊, 绵羊; cow: 牛, 奶牛
    elephant: 大象, 象; bear: 熊; zebra: 斑马; giraffe: 长颈鹿; backpack: 背包, 书包; umbrella: 雨伞, 伞
    handbag: 手提包, 手袋; tie: 领带; suitcase: 行李箱, 手提箱; frisbee: 飞盘; skis: 滑雪板
    snowboard: 单板滑雪板; sports ball: 球, 足球, 篮球; kite: 风筝; baseball bat: 棒球棒, 球棒
    baseball glove: 棒球手套; skateboard: 滑板; surfboard: 冲浪板; tennis racket: 网球拍, 球拍
    bottle: 瓶子, 酒瓶; wine glass: 酒杯, 红酒杯; cup: 杯子, 杯; fork: 叉子; knife: 刀, 刀子
    spoon: 勺子, 汤匙; bowl: 碗; banana: 香蕉; apple: 苹果; sandwich: 三明治; orange: 橙子, 橘子
    broccoli: 西兰花; carrot: 胡萝卜; hot dog: 热狗; pizza: 披萨, 比萨; donut: 甜甜圈; cake: 蛋糕; chair: 椅子
    couch: 沙发; potted plant: 盆栽, 植物; bed: 床; dining table: 餐桌, 桌子; toilet: 马桶, 厕所
    tv: 电视, 电视机; laptop: 笔记本电脑, 笔记本; mouse: 鼠标; remote: 遥控器; keyboard: 键盘
    cell phone: 手机, 电话; microwave: 微波炉; oven: 烤箱; toaster: 烤面包机; sink: 水槽, 洗手池
    refrigerator: 冰箱; book: 书, 书本; clock: 时钟, 钟, 钟表; vase: 花瓶; scissors: 剪刀
    teddy bear: 泰迪熊, 玩具熊; hair drier: 吹风机; toothbrush: 牙刷; animal: 动物; vehicle: 车辆, 交通工具
    furniture: 家具; food: 食物, 食品; fruit: 水果; vegetable: 蔬菜; circle: 圆, 圆形, 圆圈; triangle: 三角形
    square: 正方形, 方块; rectangle: 长方形, 矩形; shape: 形状, 图形; thing: 东西, 物体; tree: 树
    building: 建筑, 房子; sky: 天空; flower: 花"""
)
CHINESE_COLORS: Final[Mapping[str, str]] = _pairs(
    "red: 红; orange: 橙; yellow: 黄; green: 绿; blue: 蓝; purple: 紫; pink: 粉, 粉红; brown: 棕, 褐; black: 黑; "
    "white: 白; gray: 灰; teal: 青; beige: 米"
)
_CHINESE_RELATIONS: Final = {
    "左": "left_of",
    "右": "right_of",
    "上": "on",
    "下": "below",
    "旁": "next_to",
    "前": "in_front",
    "后": "behind",
    "里": "inside",
    "中": "inside",
}
_MEASURE = r"(?:个|只|条|辆|匹|头|张|把|本|台|架|艘|位|名|瓶|杯|块|片|根|棵|朵|部|件|种|顶|支|盆|间|幅|匙|扇|口)"
_IN_PICTURE = (
    r"(?:(?:这|那)?(?:张|幅|个)?(?:图片|照片|图像|图|画面|画|视频)(?:里面|里|中|上|内)?|这里|里面|上面|画面中)"
)


def _chinese_thing(text: str) -> Thing | None:
    text = re.sub(rf"^(?:{_IN_PICTURE})", "", text)
    text = re.sub(rf"^(?:这|那|一|两|几|哪)?{_MEASURE}?(?:些)?", "", text, count=1) if text not in CHINESE else text
    colors = []
    for word, english in CHINESE_COLORS.items():
        match = re.match(rf"^{word}色?的?(?=.)", text)
        if match and text not in CHINESE:
            colors.append(english)
            text = text[match.end() :]
            break
    name = CHINESE.get(text) or CHINESE.get(text.rstrip("们的"))
    if name is None:
        fitting = [word for word in CHINESE if text.endswith(word)]
        name = CHINESE[max(fitting, key=len)] if fitting and len(text) <= 8 else None
    return noun_phrase(" ".join((*colors, name))) if name else None


Maker = Callable[[re.Match[str]], "Program | None"]


def _about(make: Callable[[Thing], Program]) -> Maker:
    def build(match: re.Match[str]) -> Program | None:
        thing = _chinese_thing(match["x"])
        return make(thing) if thing else None

    return build


def _always(program: Program) -> Maker:
    return lambda match: program


_ASK = r"(?:请问|请|麻烦|能不能|可以)?(?:你)?(?:告诉我|帮我看看|看看|数一数|数数|看一下)?"
_CHINESE_RULES: Final[tuple[tuple[str, Maker], ...]] = (
    (r"(?:你好|您好|嗨|哈喽|早上好|晚上好|下午好|大家好)(?:呀|啊|吗)?", _always(SmallTalk("greeting"))),
    (r"(?:谢谢|多谢|感谢)(?:你|您|了|啦)*", _always(SmallTalk("thanks"))),
    (r"(?:再见|拜拜|晚安)(?:了|啦)?", _always(SmallTalk("goodbye"))),
    (
        r"你(?:能|会|可以)(?:帮我)?(?:做|干)(?:些)?(?:什么|啥)(?:呢|事)?|(?:怎么用|帮助|你有什么功能|你的功能是什么)",
        _always(SmallTalk("capabilities")),
    ),
    (r"你是谁|你叫什么(?:名字)?|你是什么", _always(SmallTalk("identity"))),
    (
        r".*(?:什么时候|几秒|第几秒|何时)(?:说|提|讲)(?:到|了|起)?(?P<x>.+)",
        lambda match: Transcript("when", match["x"]),
    ),
    (
        r".*(?:关于|对于|对)(?P<x>.+?)(?:都)?(?:说|讲|提)(?:了|到)?(?:些)?(?:什么|啥)",
        lambda match: Transcript("about", match["x"]),
    ),
    (
        r".*(?:有没有|是否|有)(?:说|提|讲)(?:到|过|了|起)(?P<x>[^什么]+?)(?:吗|没有|没)?",
        lambda match: Transcript("mention", match["x"]),
    ),
    (r".*(?:什么|哪种|哪一种)语言.*", _always(Transcript("language"))),
    (
        r".*(?:说|讲|听到|听见)(?:了|的是|的|过|到)?(?:些)?(?:什么|啥)(?:话|内容)?.*|.*(?:转写|转录|转成文字|语音内容|录音内容|听写).*",
        _always(Transcript("all")),
    ),
    (r".*(?:心情|情绪|情感|语气|感受|高兴吗|开心吗|难过吗|生气吗).*", _always(Sentiment("any"))),
    (
        r".*(?:写(?:了|着|的是|的)?(?:些)?(?:什么|啥)|(?:文字|字)(?:是|写|内容)?(?:什么|啥)|(?:读|念|识别|提取)(?:一下|出|出来)?.*(?:文字|字|"
        r"内容|文本)|什么字|哪些字|哪些文字).*",
        _always(Read()),
    ),
    (rf"{_ASK}{_IN_PICTURE}?(?:有没有|有|是否有|存在)(?:任何)?(?:文字|字)(?:吗|么)?", _always(Read(ask="presence"))),
    (r".*(?:区别|不同|差别|差异|比较|对比|不一样).*", _always(Compare("difference"))),
    (r".*(?:多大|尺寸|分辨率|像素).*", _always(Facts("size"))),
    (rf"{_ASK}(?P<x>.+?)(?:是)?(?:什么|啥|哪种|何种)颜?色(?:的)?(?:呢|呀)?", lambda match: _color(match)),
    (rf"{_ASK}(?:{_IN_PICTURE})?(?:的)?(?:主要)?(?:有)?(?:什么|哪些)颜色", _always(ColorOf(None))),
    (
        rf"{_ASK}(?:{_IN_PICTURE})?(?:一共|总共|共)?(?:有|是|看到)?(?:几|多少){_MEASURE}?(?P<x>.+?)(?:呢|呀|啊)?",
        _about(Count),
    ),
    (rf"{_ASK}(?P<x>.+?)(?:一共|总共)?(?:有)?(?:几|多少){_MEASURE}?(?:呢)?", _about(Count)),
    (
        r"(?:这|那)?(?:是|在)(?:哪里|哪儿|什么地方|什么房间|什么场所)(?:拍的|拍摄的)?|.*(?:在哪里|在哪儿|哪里)拍.*",
        _always(Place()),
    ),
    (
        rf"{_ASK}(?P<x>.+?)(?:在|位于)(?:{_IN_PICTURE})?(?:的)?(?:哪里|哪儿|什么位置|什么地方|哪个位置|哪|哪边)(?:呢)?",
        _about(Locate),
    ),
    (
        rf"{_ASK}(?P<x>.+?)的?(?P<r>左|右|上|下|旁|前|后|里|中)(?:边|面|方|侧|头)?(?:是|有)(?:什么|啥|谁)(?:东西)?",
        lambda match: _related(match),
    ),
    (
        r"(?:这|那|它|图里|图片里|图中|里面)?(?:个|只|张)?(?:是|有)(?:什么|哪些|哪种)(?P<k>动物|水果|交通工具|食物|家具|蔬菜|形状|图形|车)",
        lambda match: WhatIs(_chinese_thing(match["k"])),
    ),
    (
        rf"{_ASK}(?:描述|介绍|说明|解释|看|形容|讲讲|说说)(?:一下|下)?.*|.*(?:有|看到|看见|是)(?:了)?(?:些)?(?:什么|啥|哪些)(?:东西|内容|"
        rf"物体)?(?:在.*)?(?:呢|呀)?|{_IN_PICTURE}",
        lambda match: _what(match),
    ),
    (
        rf"{_ASK}{_IN_PICTURE}?(?:有没有|是否有|是不是有|是否存在|有无|存在|看到|看见|能看到|有)(?P<x>.+?)(?:吗|么|没有|嘛)?",
        _about(lambda thing: Presence((thing,))),
    ),
    (rf"{_ASK}(?P<x>.+?)(?:在|存在)?(?:于)?{_IN_PICTURE}(?:吗|么)", _about(lambda thing: Presence((thing,)))),
)


def _color(match: re.Match[str]) -> Program | None:
    text = match["x"]
    if re.fullmatch(rf"(?:{_IN_PICTURE})(?:的)?(?:主要)?", text):
        return ColorOf(None)
    thing = _chinese_thing(re.sub(rf"^{_IN_PICTURE}的?", "", text).removesuffix("的") or text)
    return ColorOf(thing) if thing else None


def _related(match: re.Match[str]) -> Program | None:
    thing = _chinese_thing(match["x"])
    return Related(_CHINESE_RELATIONS[match["r"]], thing) if thing else None


def _what(match: re.Match[str]) -> Program | None:
    kind = re.search(r"(?:是|有)(?:什么|哪些|哪种)(?P<kind>动物|水果|交通工具|食物|家具|蔬菜|形状|图形|车)", match[0])
    if kind:
        return WhatIs(_chinese_thing(kind["kind"]))
    if re.fullmatch(r"(?:这|那|它)(?:个|只)?(?:是)(?:什么|啥)(?:东西)?", match[0]):
        return WhatIs()
    return Describe()


# ---- French, Spanish, German: turned into plain English questions ------------------------------------------------

_NOUNS: Final[Mapping[str, Mapping[str, str]]] = {
    "fr": _pairs(
        """person: personne, personnes, gens; man: homme, hommes, garçon; woman: femme, femmes, fille
        child: enfant, enfants; bicycle: vélo, vélos, bicyclette; car: voiture, voitures
        motorcycle: moto, motos; airplane: avion, avions; bus: bus, autobus; train: train, trains
        truck: camion, camions; boat: bateau, bateaux; bench: banc, bancs; bird: oiseau, oiseaux
        cat: chat, chats; dog: chien, chiens; horse: cheval, chevaux; sheep: mouton, moutons
        cow: vache, vaches; elephant: éléphant, éléphants; bear: ours; zebra: zèbre, zèbres
        giraffe: girafe, girafes; backpack: sac à dos; umbrella: parapluie, parapluies; ball: ballon, balle
        bottle: bouteille, bouteilles; cup: tasse, tasses; fork: fourchette, fourchettes
        knife: couteau, couteaux; spoon: cuillère, cuillères; bowl: bol, bols; banana: banane, bananes
        apple: pomme, pommes; orange: orange, oranges; pizza: pizza, pizzas; cake: gâteau, gâteaux
        chair: chaise, chaises; couch: canapé; bed: lit, lits; table: table, tables; toilet: toilettes
        tv: télé, télévision; laptop: ordinateur, ordinateur portable; cell phone: téléphone
        book: livre, livres; clock: horloge; animal: animal, animaux; vehicle: véhicule, véhicules
        fruit: fruit, fruits; circle: cercle, cercles; triangle: triangle, triangles; square: carré, carrés
        shape: forme, formes"""
    ),
    "es": _pairs(
        """person: persona, personas, gente; man: hombre, hombres, chico; woman: mujer, mujeres, chica
        child: niño, niños, niña; bicycle: bicicleta, bicicletas, bici
        car: coche, coches, carro, carros, auto, autos; motorcycle: moto, motos, motocicleta
        airplane: avión, aviones; bus: autobús, autobuses; train: tren, trenes; truck: camión, camiones
        boat: barco, barcos; bench: banco, bancos; bird: pájaro, pájaros, ave, aves; cat: gato, gatos
        dog: perro, perros; horse: caballo, caballos; sheep: oveja, ovejas; cow: vaca, vacas
        elephant: elefante, elefantes; bear: oso, osos; zebra: cebra, cebras; giraffe: jirafa, jirafas
        backpack: mochila; umbrella: paraguas; ball: pelota, balón; bottle: botella, botellas
        cup: taza, tazas; fork: tenedor, tenedores; knife: cuchillo, cuchillos; spoon: cuchara, cucharas
        bowl: tazón, cuenco; banana: plátano, plátanos, banana; apple: manzana, manzanas
        orange: naranja, naranjas; pizza: pizza, pizzas; cake: pastel, tarta; chair: silla, sillas
        couch: sofá; bed: cama, camas; table: mesa, mesas; toilet: inodoro; tv: televisor, televisión
        laptop: portátil, ordenador; cell phone: teléfono, móvil; book: libro, libros; clock: reloj
        animal: animal, animales; vehicle: vehículo, vehículos; fruit: fruta, frutas
        circle: círculo, círculos; triangle: triángulo, triángulos; square: cuadrado, cuadrados
        shape: forma, formas"""
    ),
    "de": _pairs(
        """person: person, personen, mensch, menschen, leute; man: mann, männer, junge
        woman: frau, frauen, mädchen; child: kind, kinder; bicycle: fahrrad, fahrräder, rad
        car: auto, autos, wagen; motorcycle: motorrad, motorräder; airplane: flugzeug, flugzeuge
        bus: bus, busse; train: zug, züge; truck: lastwagen, lkw; boat: boot, boote, schiff, schiffe
        bench: bank, bänke; bird: vogel, vögel; cat: katze, katzen; dog: hund, hunde; horse: pferd, pferde
        sheep: schaf, schafe; cow: kuh, kühe; elephant: elefant, elefanten; bear: bär, bären
        zebra: zebra, zebras; giraffe: giraffe, giraffen; backpack: rucksack; umbrella: regenschirm, schirm
        ball: ball, bälle; bottle: flasche, flaschen; cup: tasse, tassen; fork: gabel, gabeln; knife: messer
        spoon: löffel; bowl: schüssel, schale; banana: banane, bananen; apple: apfel, äpfel
        orange: orange, orangen; pizza: pizza, pizzen; cake: kuchen, torte; chair: stuhl, stühle
        couch: sofa, couch; bed: bett, betten; table: tisch, tische; toilet: toilette; tv: fernseher
        laptop: laptop, computer; cell phone: handy, telefon; book: buch, bücher; clock: uhr
        animal: tier, tiere; vehicle: fahrzeug, fahrzeuge; fruit: obst, frucht, früchte; circle: kreis, kreise
        triangle: dreieck, dreiecke; square: quadrat, quadrate; shape: form, formen"""
    ),
}
_ARTICLE = (
    r"(?:(?:de la|le|la|les|un|une|des|du|de|el|los|las|una|unos|unas|lo|der|die|das|den|dem|einen|einem|"
    r"einer|eine|ein|"
    r"irgendeine?n?|irgendwelche|keine?n?|alguna|algún|algunos) +|d'|l')*"
)
_X = rf"{_ARTICLE}(?P<x>[\w' ]+?)"
_IN: Final = {
    "fr": r"(?: (?:dans|sur|de) (?:l'|la |cette |le |ce )?(?:image|photo|photographie|dessin|vidéo))?",
    "es": r"(?: (?:en|de) (?:la |esta |el |este )?(?:imagen|foto|fotografía|dibujo|vídeo|video))?",
    "de": r"(?: (?:auf|in|im) (?:dem |diesem |der |den )?(?:bild|foto|video))?",
}
_TO_ENGLISH: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "fr": (
        (r"(?:y a t il|il y a|est ce qu'il y a|vois tu|voyez vous|tu vois) " + _X, "is there a {x}"),
        (
            r"combien (?:de |d')(?P<x>[\w' ]+?)(?: (?:y a t il|il y a|vois tu|sont visibles|voyez vous))?",
            "how many {x}",
        ),
        (
            r"(?:de )?quelle couleur (?:est|sont|a) "
            + _X
            + "|quelle est la couleur (?:du |de la |des |de l'|de )?(?P<y>[\\w' ]+?)",
            "what color is the {x}",
        ),
        (r"où (?:est|sont|se trouve|se trouvent) " + _X, "where is the {x}"),
        (
            r"(?:qu'est ce qui|que|qu'est ce qu'il) (?:est|y a t il|a) (?:d')?écrit|lis le texte|quel est "
            r"le texte|que dit (?:le texte|le panneau)",
            "what does it say",
        ),
        (
            r"(?:qu'est ce qu'il|qu'est ce qu'elle|qu'est ce qu'on|qu'a t il|que dit|qu'a t on|que disent|"
            r"qu'est ce qui est)(?: .*)?(?:dit|disent|personne|elle|ils?|on)?|transcris(?: .*)?|"
            r"transcrivez(?: .*)?",
            "what did they say",
        ),
        (
            r"décri[st]?(?:vez)?(?: .*)?|que vois tu|que voyez vous|qu'est ce que (?:c'est|tu vois|vous "
            r"voyez)|que montre (?:l'|la |cette )?(?:image|photo)",
            "describe the picture",
        ),
        (r"bonjour|salut|bonsoir", "hello"),
        (r"merci(?: .*)?", "thank you"),
    ),
    "es": (
        (r"(?:hay|ves|se ve|existe) " + _X, "is there a {x}"),
        (r"cuánt[oa]s (?P<x>[\w' ]+?)(?: (?:hay|ves|se ven|puedes ver))?", "how many {x}"),
        (
            r"de qué color (?:es|son|está) "
            + _X
            + r"|(?:cuál es el|qué) color (?:del?|tienen?) (?:la |el |los |las )?(?P<y>[\w' ]+?)",
            "what color is the {x}",
        ),
        (r"dónde (?:está|están|se encuentra) " + _X, "where is the {x}"),
        (r"qué (?:pone|está escrito|texto hay|dice el texto|dice el cartel)(?: .*)?|lee el texto", "what does it say"),
        (r"qué (?:dice|dijo|dicen|dijeron|se dice)(?: .*)?|transcribe(?: .*)?", "what did they say"),
        (
            r"describe(?: (?:la|el|esta|este) .*)|qué (?:hay|ves|se ve|muestra)(?: .*)?|qué es esto",
            "describe the picture",
        ),
        (r"hola|buenos días|buenas tardes|buenas noches", "hello"),
        (r"(?:muchas )?gracias", "thank you"),
    ),
    "de": (
        (
            r"(?:gibt es|siehst du|ist da|sind da|ist|sind|sieht man|ist dort) "
            + _X
            + r"(?: (?:zu sehen|da|sichtbar))?",
            "is there a {x}",
        ),
        (
            r"wie ?viele (?P<x>[\w' ]+?)(?: (?:gibt es|sind|siehst du|sind da|sind zu sehen|sieht man|"
            r"kannst du sehen))*",
            "how many {x}",
        ),
        (
            r"welche farbe (?:hat|haben) " + _X + r"|was ist die farbe (?:des|der|von) (?P<y>[\w' ]+?)",
            "what color is the {x}",
        ),
        (r"wo (?:ist|sind|befindet sich|steht|liegt) " + _X, "where is the {x}"),
        (
            r"was steht(?: (?:da|dort|hier|drauf|geschrieben|auf .+))*|lies den text(?: .*)?|welcher text(?: .*)?",
            "what does it say",
        ),
        (
            r"was (?:sagt|sagte|sagen|wird gesagt|wurde gesagt|hat|haben)(?: .*)?|transkribier(?:e)?(?: .*)?",
            "what did they say",
        ),
        (
            r"beschreib(?:e)?(?: .*)?|was (?:siehst du|ist zu sehen|sieht man|zeigt das bild|ist das)(?: .*)?",
            "describe the picture",
        ),
        (r"hallo|guten (?:tag|morgen|abend)", "hello"),
        (r"danke(?: .*)?|vielen dank", "thank you"),
    ),
}
_COMPILED: Final = tuple(
    (language, re.compile(f"(?:{pattern}){_IN[language]}"), english)
    for language, rules in _TO_ENGLISH.items()
    for pattern, english in rules
)


def is_chinese(text: str) -> bool:
    """Whether the text is written in Chinese: ideographs and no kana."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in text) and not any(
        "\u3040" <= letter <= "\u30ff" for letter in text
    )


def parse(text: str) -> tuple[Program, str] | None:
    """The program of a question in one of the table's languages, and the language to answer in; None if it is none."""
    normal = unicodedata.normalize("NFKC", text).casefold().strip()[:200]
    if is_chinese(normal):
        return _chinese(re.sub(r"[\s，。？！、,.?!]+", "", normal))
    bare = " ".join(re.sub(r"[^\w' ]+", " ", normal.replace("’", "'").replace("-", " ")).split())
    for language, pattern, english in _COMPILED:
        match = pattern.fullmatch(bare)
        if match is not None:
            question = _english(match, english, language)
            if question is not None:
                return _parsed_english(question), "en"
    return None


def _parsed_english(question: str) -> Program:
    """The program of a plain English question of the table."""
    from assistant_reasoner.parse import parse as parse_english  # parse.py reads this module too

    return parse_english(question)[0].program


def _english(match: re.Match[str], english: str, language: str) -> str | None:
    groups = match.groupdict()
    said = groups.get("x") or groups.get("y")
    if "{x}" not in english:
        return english
    name = _NOUNS[language].get(re.sub(rf"^{_ARTICLE}", "", said or "").strip())
    return english.format(x=name) if name else None


def _chinese(text: str) -> tuple[Program, str] | None:
    for pattern, build in _CHINESE_RULES:
        match = re.fullmatch(pattern, text)
        if match:
            program = build(match)
            if program is not None:
                return program, "zh"
    return None
